using FuncQueue.Functions.Access;
using Microsoft.Azure.Functions.Worker;

namespace FuncQueue.Functions.Http;

/// <summary>Tells callers who they are here.</summary>
public sealed class WhoAmIFunctions(Api api)
{
    [Function("WhoAmI")]
    public Task<IResult> WhoAmIAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "whoami")] HttpRequest request,
        CancellationToken cancellationToken
    ) =>
        api.RunAsync(
            request,
            Need.Credential,
            faults =>
            {
                _ = new Query(request, faults);
                return Task.FromResult(faults.Any ? faults.ToResult() : Answer(Caller.Of(request)));
            },
            cancellationToken
        );

    private static JsonResponse Answer(Caller caller) =>
        new(
            StatusCodes.Status200OK,
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("name", caller.Name);
                KeyJson.WriteGrant(writer, RightNames.Of(caller.Grant.Rights), caller.Grant.Resources.Select(r => r.Text));
                KeyJson.WriteExpiry(writer, caller.ExpiresAt);
                writer.WriteEndObject();
            }
        );
}

using FuncQueue.Functions.Access;
using FuncQueue.Functions.Sqs;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace FuncQueue.Functions.Http;

/// <summary>
/// Answers what no other function takes: the Functions host would answer with an empty 404. Its name is the last of all in the alphabet, by
/// which the host tries routes.
/// </summary>
public sealed class UnknownFunctions(IServiceProvider services, Api api)
{
    // Injected by hand: the types are internal, and a function class must be public.
    private readonly SqsEndpoint sqs = services.GetRequiredService<SqsEndpoint>();
    private readonly KnownRoutes routes = services.GetRequiredService<KnownRoutes>();

    [Function("ZzzUnknown")]
    public Task<IResult> AnswerAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, Route = "{*path}")] HttpRequest request,
        CancellationToken cancellationToken
    ) =>
        api.RunAsync(
            request,
            Need.Nothing,
            async _ =>
            {
                if (await sqs.TryRunStrayAsync(request, cancellationToken) is { } answer)
                    return answer;
                var methods = routes.MethodsOf(request.Path);
                return methods.Count == 0
                    ? Problems.Of(
                        StatusCodes.Status404NotFound,
                        "not-found",
                        "Not found",
                        "There is no such route; /openapi.json has those that there are."
                    )
                    : Problems.Of(
                        StatusCodes.Status405MethodNotAllowed,
                        "method-not-allowed",
                        "Method not allowed",
                        $"This route takes {string.Join(", ", methods)}.",
                        headers => headers.Allow = string.Join(", ", methods)
                    );
            },
            cancellationToken
        );
}

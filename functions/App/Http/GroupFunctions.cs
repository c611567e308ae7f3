using FuncQueue.Engine;
using FuncQueue.Functions.Access;
using Microsoft.Azure.Functions.Worker;

namespace FuncQueue.Functions.Http;

/// <summary>The groups that have messages in a queue.</summary>
public sealed class GroupFunctions(QueueEngine engine, Api api)
{
    private const int DefaultSize = 100;
    private const int MaxSize = 1000;

    [Function("ListGroups")]
    public Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "queues/{queue}/groups")] HttpRequest request,
        string queue,
        CancellationToken cancellationToken
    ) =>
        api.RunAsync(
            request,
            Rights.Inspect,
            queue,
            async (name, faults) =>
            {
                var query = new Query(request, faults, "maxResults", "continuation");
                var maxResults = query.Number("maxResults") ?? DefaultSize;
                if (maxResults is < 1 or > MaxSize)
                    faults.Add("maxResults", $"Must be 1 to {MaxSize}.");
                if (faults.Any)
                    return faults.ToResult();
                var outcome = await engine.ListGroupsAsync(name, maxResults, query.Text("continuation"), cancellationToken);
                if (!outcome.TryGetValue(out var page, out var failure))
                    return Problems.From(failure);
                return new JsonResponse(
                    StatusCodes.Status200OK,
                    writer =>
                    {
                        writer.WriteStartObject();
                        writer.WriteStartArray("groups");
                        foreach (var group in page.Groups)
                        {
                            writer.WriteStartObject();
                            writer.WriteString("groupId", group.GroupId);
                            writer.WriteNumber("messages", group.Messages);
                            writer.WriteBoolean("leased", group.IsLeased);
                            writer.WriteNumber("oldestMessageAgeSeconds", (long)group.OldestMessageAge.TotalSeconds);
                            writer.WriteEndObject();
                        }

                        writer.WriteEndArray();
                        if (page.Continuation is { } continuation)
                            writer.WriteString("continuation", continuation);
                        writer.WriteEndObject();
                    }
                );
            },
            cancellationToken
        );
}

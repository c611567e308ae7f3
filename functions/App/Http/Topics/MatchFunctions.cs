using FuncQueue.Engine.Topics;
using FuncQueue.Functions.Access;
using Microsoft.Azure.Functions.Worker;

namespace FuncQueue.Functions.Http.Topics;

/// <summary>Which subscriptions would take a record, and why the others would not: a dry run.</summary>
public sealed class MatchFunctions(TopicEngine topics, Api api)
{
    [Function("Match")]
    public Task<IResult> MatchAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "topics/{topic}/match")] HttpRequest request,
        string topic,
        CancellationToken cancellationToken
    ) =>
        api.RunOnTopicAsync(
            request,
            Rights.Inspect,
            topic,
            async (name, faults) =>
            {
                _ = new Query(request, faults);
                using var document = await JsonBody.ReadAsync(request, faults, required: true, JsonBody.DefaultLimit, cancellationToken);
                var record = document is null ? null : PublishJson.ReadDraft(document.RootElement, faults);
                if (faults.Any || record is null)
                    return faults.ToResult();
                if (!(await topics.MatchAsync(name, record, cancellationToken)).TryGetValue(out var matches, out var failure))
                    return Problems.From(failure);
                return new JsonResponse(
                    StatusCodes.Status200OK,
                    writer =>
                    {
                        writer.WriteStartObject();
                        writer.WriteNumber("matched", matches.Count(m => m.Failed is null));
                        writer.WriteStartArray("subscriptions");
                        foreach (var match in matches)
                        {
                            writer.WriteStartObject();
                            writer.WriteString("name", match.Subscription);
                            writer.WriteBoolean("matched", match.Failed is null);
                            if (match.Failed is { } failed)
                            {
                                writer.WriteStartObject("failed");
                                writer.WriteString("field", failed.Field);
                                writer.WriteString("detail", failed.Detail);
                                writer.WriteEndObject();
                            }

                            writer.WriteEndObject();
                        }

                        writer.WriteEndArray();
                        writer.WriteEndObject();
                    }
                );
            },
            cancellationToken
        );
}

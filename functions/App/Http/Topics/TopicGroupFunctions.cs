using FuncQueue.Engine;
using FuncQueue.Engine.Topics;
using FuncQueue.Functions.Access;
using FuncQueue.Functions.Http.CloudEvents;
using Microsoft.Azure.Functions.Worker;

namespace FuncQueue.Functions.Http.Topics;

/// <summary>Groups of readers that share the partitions of a topic.</summary>
public sealed class TopicGroupFunctions(TopicEngine topics, Api api)
{
    private const string All = "topics/{topic}/groups";
    private const string One = All + "/{group}";

    [Function("ReadGroup")]
    public Task<IResult> ReadAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = One + "/read")] HttpRequest request,
        string topic,
        string group,
        CancellationToken cancellationToken
    ) =>
        api.RunOnTopicAsync(
            request,
            Rights.Receive,
            topic,
            async (name, faults) =>
            {
                _ = new Query(request, faults);
                var own = GroupJson.Name(group, faults);
                using var document = await JsonBody.ReadAsync(request, faults, required: true, JsonBody.DefaultLimit, cancellationToken);
                var read = document is null ? null : GroupJson.Read(document.RootElement, faults);
                if (faults.Any || read is null)
                    return faults.ToResult();
                RequestMemory.Room.Of(request).RequireSome();
                var outcome = await topics.Groups.ReadAsync(name, own, read, cancellationToken);
                if (!outcome.TryGetValue(out var records, out var failure))
                    return Problems.From(failure);
                return new RecordsResponse(
                    records.Records,
                    RecordJson.TopicUrl(request, name),
                    withPartition: true,
                    CloudEventAnswers.AreAsked(request),
                    writer => GroupJson.WriteTail(writer, records, withAfter: read.After.Count > 0)
                );
            },
            cancellationToken
        );

    [Function("CommitGroup")]
    public Task<IResult> CommitAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = One + "/commit")] HttpRequest request,
        string topic,
        string group,
        CancellationToken cancellationToken
    ) =>
        api.RunOnTopicAsync(
            request,
            Rights.Receive,
            topic,
            async (name, faults) =>
            {
                _ = new Query(request, faults);
                var own = GroupJson.Name(group, faults);
                using var document = await JsonBody.ReadAsync(request, faults, required: true, JsonBody.DefaultLimit, cancellationToken);
                var tokens = document is null ? null : GroupJson.ReadCommit(document.RootElement, faults);
                if (faults.Any || tokens is null)
                    return faults.ToResult();
                var outcome = await topics.Groups.CommitAsync(name, own, tokens, cancellationToken);
                return outcome.TryGetValue(out var statuses, out var failure)
                    ? new JsonResponse(
                        StatusCodes.Status200OK,
                        writer =>
                        {
                            writer.WriteStartObject();
                            GroupJson.WriteStatuses(writer, "results", statuses);
                            writer.WriteEndObject();
                        }
                    )
                    : Problems.From(failure);
            },
            cancellationToken
        );

    [Function("LeaveGroup")]
    public Task<IResult> LeaveAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = One + "/leave")] HttpRequest request,
        string topic,
        string group,
        CancellationToken cancellationToken
    ) =>
        api.RunOnTopicAsync(
            request,
            Rights.Receive,
            topic,
            async (name, faults) =>
            {
                _ = new Query(request, faults);
                var own = GroupJson.Name(group, faults);
                using var document = await JsonBody.ReadAsync(request, faults, required: true, JsonBody.DefaultLimit, cancellationToken);
                var member = document is null ? null : GroupJson.ReadLeave(document.RootElement, faults);
                if (faults.Any || member is null)
                    return faults.ToResult();
                return Empty(await topics.Groups.LeaveAsync(name, own, member, cancellationToken));
            },
            cancellationToken
        );

    [Function("SeekGroup")]
    public Task<IResult> SeekAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = One + "/seek")] HttpRequest request,
        string topic,
        string group,
        CancellationToken cancellationToken
    ) =>
        api.RunOnTopicAsync(
            request,
            Rights.Manage,
            topic,
            async (name, faults) =>
            {
                _ = new Query(request, faults);
                var own = GroupJson.Name(group, faults);
                using var document = await JsonBody.ReadAsync(request, faults, required: true, JsonBody.DefaultLimit, cancellationToken);
                var to = document is null ? null : SubscriptionJson.ReadSeek(document.RootElement, faults);
                if (faults.Any || to is null)
                    return faults.ToResult();
                return Empty(await topics.Groups.SeekAsync(name, own, to, cancellationToken));
            },
            cancellationToken
        );

    [Function("ListTopicGroups")]
    public Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = All)] HttpRequest request,
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
                if (faults.Any)
                    return faults.ToResult();
                var outcome = await topics.Groups.GetAsync(name, null, cancellationToken);
                if (!outcome.TryGetValue(out var groups, out var failure))
                    return Problems.From(failure);
                return new JsonResponse(
                    StatusCodes.Status200OK,
                    writer =>
                    {
                        writer.WriteStartObject();
                        writer.WriteStartArray("groups");
                        foreach (var group in groups)
                            GroupJson.Write(writer, group);
                        writer.WriteEndArray();
                        writer.WriteEndObject();
                    }
                );
            },
            cancellationToken
        );

    [Function("GetTopicGroup")]
    public Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = One)] HttpRequest request,
        string topic,
        string group,
        CancellationToken cancellationToken
    ) =>
        api.RunOnTopicAsync(
            request,
            Rights.Inspect,
            topic,
            async (name, faults) =>
            {
                _ = new Query(request, faults);
                var own = GroupJson.Name(group, faults);
                if (faults.Any)
                    return faults.ToResult();
                var outcome = await topics.Groups.GetAsync(name, own, cancellationToken);
                return outcome.TryGetValue(out var found, out var failure)
                    ? new JsonResponse(StatusCodes.Status200OK, writer => GroupJson.Write(writer, found[0]))
                    : Problems.From(failure);
            },
            cancellationToken
        );

    [Function("DeleteTopicGroup")]
    public Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = One)] HttpRequest request,
        string topic,
        string group,
        CancellationToken cancellationToken
    ) =>
        api.RunOnTopicAsync(
            request,
            Rights.Manage,
            topic,
            async (name, faults) =>
            {
                _ = new Query(request, faults);
                var own = GroupJson.Name(group, faults);
                if (faults.Any)
                    return faults.ToResult();
                var outcome = await topics.Groups.DeleteAsync(name, own, cancellationToken);
                if (!outcome.TryGetValue(out var deleted, out var failure))
                    return Problems.From(failure);
                return deleted ? new EmptyResponse(StatusCodes.Status204NoContent) : Problems.From(new Failure.GroupNotFound(own.Value));
            },
            cancellationToken
        );

    private static IResult Empty(Outcome<bool> outcome) =>
        outcome.TryGetValue(out _, out var failure) ? new EmptyResponse(StatusCodes.Status204NoContent) : Problems.From(failure);
}

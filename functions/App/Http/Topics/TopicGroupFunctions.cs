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
        api.RunWithBodyAsync(
            request,
            Rights.Receive,
            topic,
            faults => GroupJson.Name(group, faults),
            GroupJson.Read,
            async (name, own, read) =>
            {
                RequestMemory.Room.Of(request).RequireSome();
                return Answers.Of(
                    await topics.Groups.ReadAsync(name, own, read, cancellationToken),
                    records => new RecordsResponse(
                        records.Records,
                        RecordJson.TopicUrl(request, name),
                        withPartition: true,
                        CloudEventAnswers.AreAsked(request),
                        writer => GroupJson.WriteTail(writer, records, withAfter: read.After.Count > 0)
                    )
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
        api.RunWithBodyAsync(
            request,
            Rights.Receive,
            topic,
            faults => GroupJson.Name(group, faults),
            GroupJson.ReadCommit,
            async (name, own, tokens) =>
                Answers.Json(
                    await topics.Groups.CommitAsync(name, own, tokens, cancellationToken),
                    (writer, statuses) =>
                    {
                        writer.WriteStartObject();
                        GroupJson.WriteStatuses(writer, "results", statuses);
                        writer.WriteEndObject();
                    }
                ),
            cancellationToken
        );

    [Function("LeaveGroup")]
    public Task<IResult> LeaveAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = One + "/leave")] HttpRequest request,
        string topic,
        string group,
        CancellationToken cancellationToken
    ) =>
        api.RunWithBodyAsync(
            request,
            Rights.Receive,
            topic,
            faults => GroupJson.Name(group, faults),
            GroupJson.ReadLeave,
            async (name, own, member) => Answers.Empty(await topics.Groups.LeaveAsync(name, own, member, cancellationToken)),
            cancellationToken
        );

    [Function("SeekGroup")]
    public Task<IResult> SeekAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = One + "/seek")] HttpRequest request,
        string topic,
        string group,
        CancellationToken cancellationToken
    ) =>
        api.RunWithBodyAsync(
            request,
            Rights.Manage,
            topic,
            faults => GroupJson.Name(group, faults),
            SubscriptionJson.ReadSeek,
            async (name, own, to) => Answers.Empty(await topics.Groups.SeekAsync(name, own, to, cancellationToken)),
            cancellationToken
        );

    [Function("ListTopicGroups")]
    public Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = All)] HttpRequest request,
        string topic,
        CancellationToken cancellationToken
    ) =>
        api.RunPlainAsync(
            request,
            Rights.Inspect,
            topic,
            _ => true,
            async (name, _) =>
                Answers.Json(
                    await topics.Groups.GetAsync(name, null, cancellationToken),
                    (writer, groups) =>
                    {
                        writer.WriteStartObject();
                        writer.WriteStartArray("groups");
                        foreach (var group in groups)
                            GroupJson.Write(writer, group);
                        writer.WriteEndArray();
                        writer.WriteEndObject();
                    }
                ),
            cancellationToken
        );

    [Function("GetTopicGroup")]
    public Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = One)] HttpRequest request,
        string topic,
        string group,
        CancellationToken cancellationToken
    ) =>
        api.RunPlainAsync(
            request,
            Rights.Inspect,
            topic,
            faults => GroupJson.Name(group, faults),
            async (name, own) =>
                Answers.Json(
                    await topics.Groups.GetAsync(name, own, cancellationToken),
                    (writer, found) => GroupJson.Write(writer, found[0])
                ),
            cancellationToken
        );

    [Function("DeleteTopicGroup")]
    public Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = One)] HttpRequest request,
        string topic,
        string group,
        CancellationToken cancellationToken
    ) =>
        api.RunPlainAsync(
            request,
            Rights.Manage,
            topic,
            faults => GroupJson.Name(group, faults),
            async (name, own) =>
                Answers.Empty(await topics.Groups.DeleteAsync(name, own, cancellationToken), new Failure.GroupNotFound(own.Value)),
            cancellationToken
        );
}

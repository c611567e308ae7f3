using FuncQueue.Engine;
using FuncQueue.Engine.Topics;
using FuncQueue.Functions.Access;
using Microsoft.Azure.Functions.Worker;

namespace FuncQueue.Functions.Http.Topics;

/// <summary>Creating, changing, listing and deleting topics.</summary>
public sealed class TopicFunctions(TopicEngine topics, Api api)
{
    [Function("PutTopic")]
    public Task<IResult> PutAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "topics/{topic}")] HttpRequest request,
        string topic,
        CancellationToken cancellationToken
    ) =>
        api.RunOnTopicAsync(
            request,
            Rights.Manage,
            topic,
            async (name, faults) =>
            {
                _ = new Query(request, faults);
                var condition = Conditions.ReadForTopic(request, faults);
                using var document = await JsonBody.ReadAsync(request, faults, required: false, JsonBody.DefaultLimit, cancellationToken);
                var change = document is null ? new TopicSettingsChange() : TopicJson.Read(document.RootElement, faults);
                // Ranges of what was given are told together with the rest; the engine checks the settings that result.
                if (faults.Any)
                    faults.AddRange(TopicRules.Check(change.ApplyTo(new TopicSettings())));
                if (faults.Any)
                    return faults.ToResult();
                // What nobody takes is sent there.
                if (
                    change.AlternateQueue.Or(null) is { } target
                    && api.Refuse(request, Rights.Manage, Resource.Queue(target)) is { } refused
                )
                    return refused;
                return Answers.Of(
                    await topics.PutTopicAsync(name, change, condition, cancellationToken),
                    put => TopicJson.Answer(put.Created ? StatusCodes.Status201Created : StatusCodes.Status200OK, put.Status)
                );
            },
            cancellationToken
        );

    [Function("GetTopic")]
    public Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "topics/{topic}")] HttpRequest request,
        string topic,
        CancellationToken cancellationToken
    ) =>
        api.RunPlainAsync(
            request,
            Rights.Inspect,
            topic,
            _ => true,
            async (name, _) =>
                Answers.Of(
                    await topics.GetTopicAsync(name, cancellationToken),
                    status => TopicJson.Answer(StatusCodes.Status200OK, status)
                ),
            cancellationToken
        );

    [Function("ListTopics")]
    public Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "topics")] HttpRequest request,
        CancellationToken cancellationToken
    ) =>
        new NamedPages<TopicInfo>("topic", TopicName.IsPrefix, ListAsync, topic => Resource.Of(topic.Name), TopicJson.Write).AnswerAsync(
            api,
            request,
            cancellationToken
        );

    [Function("DeleteTopic")]
    public Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "topics/{topic}")] HttpRequest request,
        string topic,
        CancellationToken cancellationToken
    ) =>
        api.RunOnTopicAsync(
            request,
            Rights.Manage,
            topic,
            async (name, faults) =>
            {
                var drain = new Query(request, faults, "drain").Flag("drain") ?? true;
                if (faults.Any)
                    return faults.ToResult();
                return Answers.Empty(await topics.DeleteTopicAsync(name, drain, cancellationToken), new Failure.TopicNotFound(name));
            },
            cancellationToken
        );

    private async Task<Outcome<(IReadOnlyList<TopicInfo>, string?)>> ListAsync(
        string prefix,
        int most,
        string? after,
        CancellationToken cancellationToken
    ) =>
        (await topics.ListTopicsAsync(prefix, most, after, cancellationToken)).TryGetValue(out var page, out var failure)
            ? (page.Topics, page.Continuation)
            : failure;
}

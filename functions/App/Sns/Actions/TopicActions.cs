using FuncQueue.Engine;
using FuncQueue.Engine.Topics;
using FuncQueue.Functions.Access;
using FuncQueue.Functions.Sns.Errors;
using FuncQueue.Functions.Sns.Topics;
using FuncQueue.Functions.Sqs;
using FuncQueue.Functions.Sqs.Errors;
using FuncQueue.Functions.Sqs.Queues;

namespace FuncQueue.Functions.Sns.Actions;

/// <summary>Creating, deleting and listing topics.</summary>
internal sealed class TopicActions(TopicEngine topics)
{
    public async Task<SqsAnswer> CreateAsync(SnsCall call, CancellationToken cancellationToken)
    {
        var name = call.Input.Text("Name") ?? "";
        var attributes = call.Input.Map("Attributes", "Attributes.entry", "key", "value") ?? new Dictionary<string, string>();
        if (call.Fault is { } fault)
            return fault;
        if (call.Input.Text("DataProtectionPolicy") is { Length: > 0 })
            return SnsErrors.NotServed("The DataProtectionPolicy of a topic");
        var fifo = SqsFlag.Parse(attributes.GetValueOrDefault(TopicAttribute.FifoTopic, "false"));
        if (fifo is null)
            return SnsErrors.InvalidParameter("Attributes: FifoTopic", "Must be true or false.");
        if (!TopicName.TryParse(name, out var topic) || topic.HasFifoSuffix != fifo || !IsSnsName(topic))
        {
            return SnsErrors.InvalidParameter(
                "Topic Name",
                "Names are made of ASCII letters, numbers, underscores and hyphens, and are 1 to 80 characters long; those of FIFO topics "
                    + "end with .fifo."
            );
        }

        if (call.Denied(topic) is { } denied)
            return denied;
        var (tags, badTag) = TopicTags.Read(call.Input);
        if (badTag is not null)
            return badTag;
        var (settings, error) = Draft(topic, attributes, tags);
        if (settings is null)
            return error!;
        var created = await topics.PutTopicAsync(
            topic,
            TopicEditor.ToChange(settings),
            new TopicCondition(null, IfNoneMatch: true),
            cancellationToken
        );
        if (created.TryGetValue(out _, out var failure))
            return Arn(call, topic);
        if (failure is not Failure.PreconditionFailed)
            return SnsErrors.From(failure);
        if (!(await topics.GetTopicAsync(topic, cancellationToken)).TryGetValue(out var there, out failure))
            return SnsErrors.From(failure);
        var (has, wants) = (TopicView.Settable(topic, there.Topic.Settings), TopicView.Settable(topic, settings));
        if (attributes.Keys.Any(a => a != TopicAttribute.FifoTopic && has.GetValueOrDefault(a) != wants.GetValueOrDefault(a)))
            return SnsErrors.InvalidParameter("Attributes", "Topic already exists with different attributes");
        return tags.Any(t => there.Topic.Settings.Tags.GetValueOrDefault(t.Key) != t.Value)
            ? SnsErrors.InvalidParameter("Tags", "Topic already exists with different tags")
            : Arn(call, topic);
    }

    public async Task<SqsAnswer> DeleteAsync(SnsCall call, CancellationToken cancellationToken)
    {
        var (topic, error) = call.Topic("TopicArn");
        if (topic is null)
            return error!;
        // Whether it was there does not matter to SNS.
        return (await topics.DeleteTopicAsync(topic, drain: true, cancellationToken)).TryGetValue(out _, out var failure)
            ? SqsAnswer.Empty
            : SnsErrors.From(failure);
    }

    /// <summary>The topics that the caller may reach, a hundred at a time.</summary>
    public async Task<SqsAnswer> ListAsync(SnsCall call, CancellationToken cancellationToken)
    {
        var (after, error) = PageToken.Read(call, text => TopicName.TryParse(text, out _));
        if (error is not null)
            return error;
        var listed = await Visible.ListAsync(
            call.Caller.Grant,
            (most, continuation) => PageAsync(most, continuation, cancellationToken),
            topic => Resource.Of(topic.Name),
            SnsLimits.PageSize,
            after
        );
        if (!listed.TryGetValue(out var found, out var failure))
            return SnsErrors.From(failure);
        return SqsAnswer.Success(output =>
        {
            output.Structures("Topics", "member", found.Found, (o, topic) => o.Text("TopicArn", call.Address.ArnOf(topic.Name)));
            output.Text("NextToken", PageToken.Write(found.Continuation));
        });
    }

    private async Task<Outcome<(IReadOnlyList<TopicInfo>, string?)>> PageAsync(
        int most,
        string? after,
        CancellationToken cancellationToken
    ) =>
        (await topics.ListTopicsAsync("", most, after, cancellationToken)).TryGetValue(out var page, out var failure)
            ? (page.Topics, page.Continuation)
            : failure;

    private static (TopicSettings? Settings, SqsError? Error) Draft(
        TopicName topic,
        IReadOnlyDictionary<string, string> attributes,
        IReadOnlyDictionary<string, string> tags
    )
    {
        // One partition tells deduplication ids apart in the whole topic, as SNS does unless told otherwise.
        var settings = new TopicSettings { Tags = tags };
        if (topic.HasFifoSuffix)
            settings = settings with { Partitions = 1 };
        foreach (var (name, value) in attributes)
        {
            var (changed, error) = TopicAttributeSetter.Set(topic, settings, name, value, isNew: true);
            if (changed is null)
                return (null, error);
            settings = changed;
        }

        return (settings, null);
    }

    /// <summary>The HTTP API takes dots inside a name, too; topics that it made are served here all the same.</summary>
    private static bool IsSnsName(TopicName topic) =>
        !(topic.HasFifoSuffix ? topic.Value[..^QueueName.FifoSuffix.Length] : topic.Value).Contains('.', StringComparison.Ordinal);

    private static SqsAnswer Arn(SnsCall call, TopicName topic) =>
        SqsAnswer.Success(output => output.Text("TopicArn", call.Address.ArnOf(topic)));
}

using FuncQueue.Engine;
using FuncQueue.Engine.Topics;
using FuncQueue.Functions.Sns.Errors;
using FuncQueue.Functions.Sns.Topics;
using FuncQueue.Functions.Sqs;
using FuncQueue.Functions.Sqs.Errors;
using FuncQueue.Functions.Sqs.Protocol;

namespace FuncQueue.Functions.Sns.Actions;

/// <summary>The tags of a topic, which are those of the HTTP API.</summary>
internal sealed class TopicTagActions(TopicEngine topics, TopicEditor editor)
{
    private const string Resource = "ResourceArn";

    public async Task<SqsAnswer> TagAsync(SnsCall call, CancellationToken cancellationToken)
    {
        var (topic, error) = call.Topic(Resource);
        if (topic is null)
            return error!;
        var (tags, badTag) = TopicTags.Read(call.Input);
        if ((call.Fault ?? badTag) is { } fault)
            return fault;
        if (tags.Count == 0)
            return SnsErrors.MissingParameter("Tags");
        return await ChangeAsync(
            topic,
            all =>
            {
                foreach (var (key, value) in tags)
                    all[key] = value;
            },
            cancellationToken
        );
    }

    public async Task<SqsAnswer> UntagAsync(SnsCall call, CancellationToken cancellationToken)
    {
        var (topic, error) = call.Topic(Resource);
        if (topic is null)
            return error!;
        var keys = call.Input.Texts("TagKeys", "TagKeys.member");
        if (call.Fault is { } fault)
            return fault;
        if (keys is not { Count: > 0 })
            return SnsErrors.MissingParameter("TagKeys");
        return await ChangeAsync(
            topic,
            all =>
            {
                foreach (var key in keys)
                    all.Remove(key);
            },
            cancellationToken
        );
    }

    public async Task<SqsAnswer> ListAsync(SnsCall call, CancellationToken cancellationToken)
    {
        var (topic, error) = call.Topic(Resource);
        if (topic is null)
            return error!;
        if (!(await topics.GetTopicAsync(topic, cancellationToken)).TryGetValue(out var status, out var failure))
            return ErrorOf(SnsErrors.From(failure));
        return SqsAnswer.Success(output =>
            output.Structures(
                "Tags",
                "member",
                status.Topic.Settings.Tags.Where(t => XmlText.IsValid(t.Key + t.Value)),
                static (o, tag) =>
                {
                    o.Text("Key", tag.Key);
                    o.Text("Value", tag.Value);
                }
            )
        );
    }

    private async Task<SqsAnswer> ChangeAsync(
        TopicName topic,
        Action<Dictionary<string, string>> change,
        CancellationToken cancellationToken
    )
    {
        var error = await editor.ChangeAsync(
            topic,
            there =>
            {
                var tags = new Dictionary<string, string>(there.Settings.Tags, StringComparer.Ordinal);
                change(tags);
                return tags.Count > Limits.MaxTags
                    ? (null, SnsErrors.TagLimitExceeded)
                    : (there.Settings with { Tags = tags }, (SqsError?)null);
            },
            cancellationToken
        );
        return error is null ? SqsAnswer.Empty : ErrorOf(error);
    }

    /// <summary>Of tags, SNS has an error of its own for what is not there.</summary>
    private static SqsError ErrorOf(SqsError error) => error == SnsErrors.TopicNotFound ? SnsErrors.ResourceNotFound : error;
}

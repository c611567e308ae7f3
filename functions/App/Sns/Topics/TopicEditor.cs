using FuncQueue.Engine;
using FuncQueue.Engine.Topics;
using FuncQueue.Functions.Sns.Errors;
using FuncQueue.Functions.Sqs.Errors;

namespace FuncQueue.Functions.Sns.Topics;

/// <summary>Changes a topic on what it is now; decides again when another process was first.</summary>
internal sealed class TopicEditor(TopicEngine topics)
{
    private const int MaxAttempts = 20;

    /// <summary>Applies a change; <paramref name="decide"/> makes the settings that are to be, or tells why not.</summary>
    /// <returns>Why it could not; null: it is done.</returns>
    public async Task<SqsError?> ChangeAsync(
        TopicName name,
        Func<TopicInfo, (TopicSettings? Settings, SqsError? Error)> decide,
        CancellationToken cancellationToken
    )
    {
        for (var attempt = 0; ; attempt++)
        {
            if (!(await topics.GetTopicAsync(name, cancellationToken)).TryGetValue(out var status, out var unread))
                return SnsErrors.From(unread);
            var (settings, error) = decide(status.Topic);
            if (settings is null)
                return error;
            var outcome = await topics.PutTopicAsync(
                name,
                ToChange(settings),
                new TopicCondition(status.Topic.ETag, IfNoneMatch: false),
                cancellationToken
            );
            if (outcome.TryGetValue(out _, out var failure))
                return null;
            if (failure is not Failure.PreconditionFailed || attempt >= MaxAttempts)
                return SnsErrors.From(failure);
        }
    }

    /// <summary>The settings that SNS knows of, as a change.</summary>
    public static TopicSettingsChange ToChange(TopicSettings settings) =>
        new()
        {
            Partitions = settings.Partitions,
            ContentBasedDeduplication = settings.ContentBasedDeduplication,
            Tags = new Given<IReadOnlyDictionary<string, string>>(settings.Tags),
            Annotations = new Given<IReadOnlyDictionary<string, string>>(settings.Annotations),
        };
}

namespace FuncQueue.Engine;

/// <summary>The settings that a PUT names. What is left out keeps its value, or takes the default on a new queue.</summary>
public sealed record QueueSettingsChange
{
    public Given<QueueState> State { get; init; }

    public Given<QueueType> Type { get; init; }

    public Given<TimeSpan> VisibilityTimeout { get; init; }

    public Given<int?> MaxDeliveryCount { get; init; }

    public Given<TimeSpan?> MessageTimeToLive { get; init; }

    public Given<ExpiryAction> OnExpiry { get; init; }

    public Given<TimeSpan> Delay { get; init; }

    public Given<TimeSpan> DeduplicationWindow { get; init; }

    public Given<bool> ContentBasedDeduplication { get; init; }

    public Given<int> Shards { get; init; }

    public Given<TimeSpan> RetryBackoffInitial { get; init; }

    public Given<TimeSpan> RetryBackoffMax { get; init; }

    public Given<TimeSpan?> DeadLetterTimeToLive { get; init; }

    public Given<IReadOnlyDictionary<string, string>> Tags { get; init; }

    public Given<IReadOnlyDictionary<string, string>> Annotations { get; init; }

    /// <summary>The settings that result from this change to <paramref name="current"/>.</summary>
    public QueueSettings ApplyTo(QueueSettings current)
    {
        ArgumentNullException.ThrowIfNull(current);
        return new QueueSettings
        {
            State = State.Or(current.State),
            Type = Type.Or(current.Type),
            VisibilityTimeout = VisibilityTimeout.Or(current.VisibilityTimeout),
            MaxDeliveryCount = MaxDeliveryCount.Or(current.MaxDeliveryCount),
            MessageTimeToLive = MessageTimeToLive.Or(current.MessageTimeToLive),
            OnExpiry = OnExpiry.Or(current.OnExpiry),
            Delay = Delay.Or(current.Delay),
            DeduplicationWindow = DeduplicationWindow.Or(current.DeduplicationWindow),
            ContentBasedDeduplication = ContentBasedDeduplication.Or(current.ContentBasedDeduplication),
            Shards = Shards.Or(current.Shards),
            RetryBackoff = new RetryBackoff
            {
                Initial = RetryBackoffInitial.Or(current.RetryBackoff.Initial),
                Max = RetryBackoffMax.Or(current.RetryBackoff.Max),
            },
            DeadLetterTimeToLive = DeadLetterTimeToLive.Or(current.DeadLetterTimeToLive),
            Tags = Tags.Or(current.Tags),
            Annotations = Annotations.Or(current.Annotations),
        };
    }
}

using System.Text.Json.Serialization;

namespace FuncQueue.Engine;

public enum QueueType
{
    Standard,
    Fifo,
}

/// <summary>What becomes of a message whose time to live has passed.</summary>
public enum ExpiryAction
{
    Drop,
    DeadLetter,
}

/// <summary>The delay before a message is delivered again: <c>Initial × 2^(deliveries − 1)</c>, at most <c>Max</c>. Zero: at once.</summary>
public sealed record RetryBackoff
{
    public TimeSpan Initial { get; init; }

    public TimeSpan Max { get; init; }
}

/// <summary>The settings of a queue, all of them. Ranges: <see cref="Limits"/>; defaults and meaning: API.md.</summary>
public sealed record QueueSettings
{
    /// <summary>Fixed at creation.</summary>
    public QueueType Type { get; init; } = QueueType.Standard;

    public TimeSpan VisibilityTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Deliveries after which a message is dead-lettered instead of delivered again; null: no limit.</summary>
    public int? MaxDeliveryCount { get; init; } = 10;

    /// <summary>How long a message lives from the instant at which it is due; null: for ever.</summary>
    public TimeSpan? MessageTimeToLive { get; init; } = TimeSpan.FromSeconds(345_600);

    public ExpiryAction OnExpiry { get; init; } = ExpiryAction.Drop;

    /// <summary>The delay of messages that ask for none themselves.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.Zero;

    public TimeSpan DeduplicationWindow { get; init; } = TimeSpan.FromSeconds(300);

    public bool ContentBasedDeduplication { get; init; }

    /// <summary>Partitions of the queue: 1 to <see cref="Limits.MaxShards"/>; on a standard queue it may only rise.</summary>
    public int Shards { get; init; } = 1;

    public RetryBackoff RetryBackoff { get; init; } = new();

    /// <summary>How long a dead letter lives; null: for ever.</summary>
    public TimeSpan? DeadLetterTimeToLive { get; init; }

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// What another protocol than the HTTP API keeps with the queue, under names of its own; the HTTP API neither shows nor takes it.
    /// Kept in a column of its own: see <see cref="Limits.MaxAnnotationsLength"/>.
    /// </summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();
}

/// <summary>A value that a request may leave out: <c>default</c> is "left out", which differs from an explicit null.</summary>
public readonly record struct Given<T>
{
    private readonly T? value;

    public Given(T value)
    {
        this.value = value;
        IsGiven = true;
    }

    public bool IsGiven { get; }

    public T Or(T otherwise) => IsGiven ? value! : otherwise;

    public static implicit operator Given<T>(T value) => new(value);
}

/// <summary>The settings that a PUT names. What is left out keeps its value, or takes the default on a new queue.</summary>
public sealed record QueueSettingsChange
{
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

using System.Text.Json.Serialization;

namespace FuncQueue.Engine;

/// <summary>The settings of a queue, all of them. Ranges: <see cref="Limits"/>; meaning: /openapi.json.</summary>
public sealed record QueueSettings
{
    public QueueState State { get; init; } = QueueState.Active;

    /// <summary>Whether producers may send.</summary>
    [JsonIgnore]
    public bool Takes => State is QueueState.Active or QueueState.ReceivePaused;

    /// <summary>Whether consumers may receive live messages.</summary>
    [JsonIgnore]
    public bool Gives => State is QueueState.Active or QueueState.SendPaused;

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
    /// Kept in a column of its own: see <see cref="Limits.MaxAnnotationsLength"/>. One whose name begins with <see cref="NotePrefix"/> is a
    /// note: it says nothing of the queue's settings, and writing it changes neither their ETag nor when they were changed.
    /// </summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>What the names of notes among the annotations begin with.</summary>
    public const string NotePrefix = "~";
}

namespace FuncQueue.Engine;

/// <summary>A message as it is in the queue.</summary>
public sealed record StoredMessage
{
    public required MessageId MessageId { get; init; }

    public required MessageStatus Status { get; init; }

    /// <summary>The bytes, or null when they lie in a payload: then read them with <see cref="QueueEngine.OpenBodyAsync"/>.</summary>
    public required ReadOnlyMemory<byte>? Body { get; init; }

    public required long BodyLength { get; init; }

    public required string ContentType { get; init; }

    public required IReadOnlyDictionary<string, string> Attributes { get; init; }

    /// <summary>Deliveries so far, this one included. Of a dead letter: the deliveries before it was dead-lettered.</summary>
    public required int DeliveryCount { get; init; }

    public required DateTimeOffset EnqueuedAt { get; init; }

    /// <summary>Leased: the end of the lease. Otherwise: since or from when it can be delivered.</summary>
    public required DateTimeOffset VisibleAt { get; init; }

    /// <summary>
    /// Of a leased message: the process that gave the lease, by the number that it drew when it started. Null: nobody holds it.
    /// </summary>
    public uint? LeasedBy { get; init; }

    /// <summary>Null: it does not expire.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    public int Priority { get; init; }

    public string? GroupId { get; init; }

    /// <summary>The id that its producer gave, if any.</summary>
    public string? DeduplicationId { get; init; }

    public long? SequenceNumber { get; init; }

    public string? TraceParent { get; init; }

    /// <summary>What goes with <see cref="TraceParent"/>.</summary>
    public string? TraceState { get; init; }

    /// <summary>When it was delivered for the first time; null: not yet.</summary>
    public DateTimeOffset? FirstDeliveredAt { get; init; }

    /// <summary>The id that it was enqueued with, before all redrives; null: there was none.</summary>
    public MessageId? OriginalMessageId { get; init; }

    /// <summary>
    /// The name of the queue among whose dead letters it was before it was moved here; null: it never was in another queue.
    /// </summary>
    public string? MovedFrom { get; init; }

    public string? DeadLetterReason { get; init; }

    public DateTimeOffset? DeadLetteredAt { get; init; }

    /// <summary>The record of a topic that a subscription brought here; null: it was enqueued.</summary>
    public TopicSource? Source { get; init; }
}

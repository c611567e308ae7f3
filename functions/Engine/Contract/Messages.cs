namespace FuncQueue.Engine;

/// <summary>A message as a caller hands it over. Times are relative to the enqueue; null means the queue's setting.</summary>
public sealed record NewMessage
{
    public required MessageBody Body { get; init; }

    /// <summary>Kept and handed back as it is; null becomes <c>application/octet-stream</c>.</summary>
    public string? ContentType { get; init; }

    public IReadOnlyDictionary<string, string> Attributes { get; init; } = new Dictionary<string, string>();

    /// <summary>How long to hold the message back; excludes <see cref="EnqueueAt"/>.</summary>
    public TimeSpan? Delay { get; init; }

    /// <summary>When to make the message ready; in the past means now.</summary>
    public DateTimeOffset? EnqueueAt { get; init; }

    /// <summary>How long it lives from the instant at which it is due.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>0 (lowest, the default) to <see cref="Limits.MaxPriority"/>.</summary>
    public int? Priority { get; init; }

    public string? GroupId { get; init; }

    public string? DeduplicationId { get; init; }

    /// <summary>W3C trace context of the producer, handed back with the message.</summary>
    public string? TraceParent { get; init; }
}

/// <summary>The bytes of a new message: in memory, or a stream that is read once and never held whole when it is long.</summary>
public sealed class MessageBody
{
    private MessageBody(ReadOnlyMemory<byte> bytes, Stream? stream)
    {
        Bytes = bytes;
        Stream = stream;
    }

    public ReadOnlyMemory<byte> Bytes { get; }

    public Stream? Stream { get; }

    public static MessageBody FromBytes(ReadOnlyMemory<byte> bytes) => new(bytes, null);

    /// <summary>A body of unknown length; the stream stays the caller's to dispose. An <see cref="IOException"/> of the stream passes through.</summary>
    public static MessageBody FromStream(Stream stream) => new(default, stream ?? throw new ArgumentNullException(nameof(stream)));
}

/// <summary>A durable enqueue.</summary>
public sealed record Enqueued(MessageId MessageId, DateTimeOffset EnqueuedAt, bool Duplicate, long? SequenceNumber);

/// <summary>The live messages of a queue, or its dead letters.</summary>
public enum MessageSource
{
    Live,
    DeadLetters,
}

public enum MessageStatus
{
    Ready,
    Leased,
    Scheduled,
    DeadLettered,
}

/// <summary>A dequeue: up to <c>MaxMessages</c> (1 to 100), waiting up to <c>Wait</c> for the first.</summary>
public sealed record DequeueRequest
{
    public int MaxMessages { get; init; } = 1;

    public TimeSpan Wait { get; init; }

    /// <summary>Null: the queue's setting. Zero is allowed: the message is visible again at once.</summary>
    public TimeSpan? VisibilityTimeout { get; init; }

    /// <summary>At most once: the message is gone when it is handed out; it carries no receipt.</summary>
    public bool Delete { get; init; }
}

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

    /// <summary>Null: it does not expire.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    public int Priority { get; init; }

    public string? GroupId { get; init; }

    /// <summary>The id that its producer gave, if any.</summary>
    public string? DeduplicationId { get; init; }

    public long? SequenceNumber { get; init; }

    public string? TraceParent { get; init; }

    /// <summary>When it was delivered for the first time; null: not yet.</summary>
    public DateTimeOffset? FirstDeliveredAt { get; init; }

    /// <summary>The id before a redrive.</summary>
    public MessageId? OriginalMessageId { get; init; }

    /// <summary>The name of the queue among whose dead letters it was before it was moved here; null: it never was in another queue.</summary>
    public string? MovedFrom { get; init; }

    public string? DeadLetterReason { get; init; }

    public DateTimeOffset? DeadLetteredAt { get; init; }
}

/// <summary>A message handed out; <c>Receipt</c> is null when it was deleted with the delivery.</summary>
public sealed record DeliveredMessage(StoredMessage Message, string? Receipt);

/// <summary>A page of messages, oldest first; <c>Continuation</c> is null when nothing follows.</summary>
public sealed record MessagePage(IReadOnlyList<StoredMessage> Messages, string? Continuation);

/// <summary>A body opened for reading; dispose it.</summary>
public sealed record OpenedBody(Stream Content, long Length, string ContentType) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Content.DisposeAsync();
}

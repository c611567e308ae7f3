namespace FuncQueue.Client;

/// <summary>A message that was received, peeked at or looked up. Tests make their own by its initializer.</summary>
public sealed class ReceivedMessage
{
    private BinaryData? body;

    /// <summary>Its id.</summary>
    public required Guid MessageId { get; init; }

    /// <summary>The right to settle it; null where it is not leased to this caller. A secret: not for logs.</summary>
    public string? Receipt { get; init; }

    /// <summary>The body.</summary>
    /// <exception cref="InvalidOperationException">The body lies in a blob and is not loaded: see <see cref="IsBodyLoaded"/>.</exception>
    public BinaryData Body
    {
        get =>
            body
            ?? throw new InvalidOperationException(
                "The body is not loaded. Read it with OpenBodyAsync, or let the receiver load bodies (LoadBodies)."
            );
        init => body = value;
    }

    /// <summary>Whether the body is in memory. Bodies over 32 KiB lie in blobs; <c>OpenBodyAsync</c> streams them.</summary>
    public bool IsBodyLoaded => body is not null;

    /// <summary>The media type of the body.</summary>
    public string ContentType { get; init; } = "application/octet-stream";

    /// <summary>Names as they were sent; in lower case where they came in headers.</summary>
    public IReadOnlyDictionary<string, string> Attributes { get; init; } = new Dictionary<string, string>();

    /// <summary>How often it was delivered, this time included.</summary>
    public int DeliveryCount { get; init; }

    /// <summary>When it was stored.</summary>
    public DateTimeOffset EnqueuedAt { get; init; }

    /// <summary>Until when it is hidden from others, by the server's clock.</summary>
    public DateTimeOffset VisibleAt { get; init; }

    /// <summary>What it is in order with.</summary>
    public string? GroupId { get; init; }

    /// <summary>The id that it was sent with.</summary>
    public string? DeduplicationId { get; init; }

    /// <summary>0 to 9.</summary>
    public int Priority { get; init; }

    /// <summary>Its place in a FIFO queue.</summary>
    public long? SequenceNumber { get; init; }

    /// <summary>The producer's trace context (W3C).</summary>
    public string? TraceParent { get; init; }

    /// <summary>The vendors' part of the trace context.</summary>
    public string? TraceState { get; init; }

    /// <summary>The record that a subscription made it of.</summary>
    public MessageSource? Source { get; init; }

    /// <summary>The id that a redriven message had.</summary>
    public Guid? OriginalMessageId { get; init; }

    /// <summary>Why it is a dead letter.</summary>
    public string? DeadLetterReason { get; init; }

    /// <summary>Since when it is a dead letter.</summary>
    public DateTimeOffset? DeadLetteredAt { get; init; }

    /// <summary>Where it is, where that was asked.</summary>
    public MessageStatus Status { get; init; }

    /// <summary>When its lease ends at the earliest, in the time of the transport's clock.</summary>
    internal TimeSpan LeaseEndsAt { get; init; }

    internal void Load(BinaryData loaded) => body = loaded;
}

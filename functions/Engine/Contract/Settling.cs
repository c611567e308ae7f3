namespace FuncQueue.Engine;

/// <summary>What the holder of a lease wants done with its message.</summary>
public abstract record Settlement
{
    private Settlement()
    {
    }

    /// <summary>The message is done.</summary>
    public sealed record Ack : Settlement;

    /// <summary>Deliver it again, after <c>Delay</c> (null: the queue's retry backoff); at the last delivery it is dead-lettered at once.</summary>
    public sealed record Nack(TimeSpan? Delay, string? Reason) : Settlement;

    /// <summary>Keep the lease until <c>VisibilityTimeout</c> from now (null: the queue's setting).</summary>
    public sealed record Extend(TimeSpan? VisibilityTimeout) : Settlement;

    /// <summary>Never deliver it again: to the dead letters. Not for a message that is a dead letter already.</summary>
    public sealed record DeadLetter(string? Reason) : Settlement;
}

public enum SettleStatus
{
    Ok,

    /// <summary>The lease is over: the message was delivered again, or settled. Nothing was changed.</summary>
    LeaseLost,

    /// <summary>No receipt of this queue. Nothing was changed.</summary>
    MalformedReceipt,
}

/// <summary>How one receipt fared.</summary>
/// <param name="VisibleAt">Only after an extension: the new end of the lease.</param>
/// <param name="MessageId">The message that the receipt is for; null when it is malformed.</param>
public sealed record Settled(SettleStatus Status, DateTimeOffset? VisibleAt = null, MessageId? MessageId = null);

/// <summary>What a purge removed; not <c>Complete</c>: time ran out, call again.</summary>
public sealed record Purged(long Count, bool Complete);

/// <summary>Which dead letters to make live again: those named, or up to <c>MaxMessages</c> of all (null: all).</summary>
public sealed record RedriveRequest
{
    /// <summary>The queue to move them to; null: their own. Each arrives there once at most, even if a process dies in between.</summary>
    public QueueName? To { get; init; }

    public IReadOnlyList<MessageId>? MessageIds { get; init; }

    public int? MaxMessages { get; init; }
}

/// <summary>Dead letters moved, and how many are left.</summary>
public sealed record Redriven(long Moved, long Remaining);

namespace FuncQueue.Engine;

/// <summary>What the holder of a lease wants done with its message.</summary>
public abstract record Settlement
{
    private Settlement() { }

    /// <summary>
    /// Lost once the lease has ended or was given back, though nobody else got the message. Else a lease is good until the next delivery.
    /// </summary>
    public bool OnlyWhileHeld { get; init; }

    /// <summary>The message is done.</summary>
    public sealed record Ack : Settlement;

    /// <summary>
    /// Deliver it again, after <c>Delay</c> (null: the queue's retry backoff); at the last delivery it is dead-lettered at once.
    /// </summary>
    public sealed record Nack(TimeSpan? Delay, string? Reason) : Settlement;

    /// <summary>Keep the lease until <c>VisibilityTimeout</c> from now (null: the queue's setting).</summary>
    public sealed record Extend(TimeSpan? VisibilityTimeout) : Settlement;

    /// <summary>
    /// The lease ends now: others can have the message at once, without a backoff, and the receipt is good until they do.
    /// </summary>
    public sealed record EndLease : Settlement;

    /// <summary>
    /// As if it had not been delivered: ready at once, and the delivery is not counted. Lost once the lease has ended.
    /// </summary>
    public sealed record Release : Settlement;

    /// <summary>Never deliver it again: to the dead letters. Not for a message that is a dead letter already.</summary>
    public sealed record DeadLetter(string? Reason) : Settlement;
}

namespace FuncQueue.Engine.Decisions;

/// <summary>What time has made due for one message, whoever notices: a dequeue or a sweep. Pure.</summary>
internal abstract record Upkeep
{
    private Upkeep() { }

    public sealed record None : Upkeep;

    /// <summary>Its lease has ended: ready, from the given instant on.</summary>
    public sealed record Redeliver(MessageState Ready) : Upkeep;

    public sealed record DeadLetter(string Reason) : Upkeep;

    /// <summary>Its time to live has passed.</summary>
    public sealed record Drop : Upkeep;

    private static readonly None Nothing = new();
    private static readonly Drop Dropped = new();
    private static readonly DeadLetter Poison = new(Reasons.MaxDeliveryCount);
    private static readonly DeadLetter TooOld = new(Reasons.Expired);

    public static Upkeep Decide(in MessageState message, in MessageIndex index, DeliveryPolicy policy, DateTimeOffset now)
    {
        if (message.Status is SlotStatus.Done or SlotStatus.Moving || LeaseHolds(message, policy, now))
            return Nothing;
        if (index.ExpiresAt <= now)
            return policy.OnExpiry == ExpiryAction.Drop ? Dropped : TooOld;
        if (policy.AtLastDelivery(message.DeliveryCount))
            return Poison;
        return message.IsLeased
            ? new Redeliver(message with { Status = SlotStatus.Ready, VisibleAt = message.VisibleAt + policy.BackoffAfter(message) })
            : Nothing;
    }

    /// <summary>Whether a lease still keeps the message from others, with the allowance for clocks.</summary>
    public static bool LeaseHolds(in MessageState message, DeliveryPolicy policy, DateTimeOffset now) =>
        message.IsLeased && now < EndOfLease(message, policy);

    /// <summary>When <see cref="Decide"/> may next have something to do; null: never by time alone.</summary>
    public static DateTimeOffset? DueAt(in MessageState message, in MessageIndex index, DeliveryPolicy policy)
    {
        if (message.Status is SlotStatus.Done or SlotStatus.Moving)
            return null;
        if (message.IsLeased)
            return EndOfLease(message, policy);
        return policy.AtLastDelivery(message.DeliveryCount) ? DateTimeOffset.MinValue : index.ExpiresAt;
    }

    private static DateTimeOffset EndOfLease(in MessageState message, DeliveryPolicy policy) =>
        message.Status == SlotStatus.Leased && message.LeaseId.Process == policy.Process
            ? message.VisibleAt
            : message.VisibleAt + policy.ClockSkewBound;
}

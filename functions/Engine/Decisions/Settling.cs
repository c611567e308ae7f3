namespace FuncQueue.Engine.Decisions;

/// <summary>What becomes of a message that the holder of a lease settles. Pure.</summary>
internal abstract record Settling
{
    private Settling() { }

    /// <summary>The lease is over; nothing changes.</summary>
    public sealed record Lost : Settling;

    public sealed record Changed(MessageState State) : Settling;

    public sealed record DeadLettered(string Reason) : Settling;

    private static readonly Lost LeaseLost = new();

    public static Settling Decide(in MessageState message, LeaseId lease, Settlement settlement, DeliveryPolicy policy, DateTimeOffset now)
    {
        // A lease that ended without anybody else getting the message is still good.
        if (message.Status == SlotStatus.Done || message.LeaseId != lease || lease == default)
            return LeaseLost;
        if (settlement.OnlyWhileHeld && !(message.IsLeased && now < message.VisibleAt))
            return LeaseLost;
        switch (settlement)
        {
            case Settlement.Ack:
                return new Changed(message with { Status = SlotStatus.Done });
            case Settlement.Nack(var delay, var reason):
                if (policy.AtLastDelivery(message.DeliveryCount))
                    return new DeadLettered(reason ?? Reasons.MaxDeliveryCount);
                var visibleAt = now + (delay ?? policy.BackoffAfter(message));
                return new Changed(message with { Status = SlotStatus.Ready, VisibleAt = visibleAt, LeaseId = default });
            case Settlement.Extend(var timeout):
                var until = now + (timeout ?? policy.VisibilityTimeout);
                return new Changed(message with { Status = SlotStatus.Extended, VisibleAt = until });
            case Settlement.EndLease:
                // Its holder gives it back: nothing is to be waited for, not even what clocks may differ.
                return new Changed(message with { Status = SlotStatus.Ready, VisibleAt = now });
            case Settlement.Release:
                return message.IsLeased && now < message.VisibleAt ? new Changed(Delivery.Release(message, policy, now)) : LeaseLost;
            case Settlement.DeadLetter(var reason) when policy.Source == MessageSource.Live:
                return new DeadLettered(reason ?? Reasons.Explicit);
            default:
                throw new InvalidOperationException($"{settlement} cannot be applied to {policy.Source}.");
        }
    }
}

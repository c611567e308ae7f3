namespace FuncQueue.Engine.Decisions;

/// <summary>What a dequeue does with one message it has read. Pure.</summary>
internal static class Delivery
{
    /// <summary>Whether the message can be handed out now.</summary>
    public static bool CanDeliver(in MessageState message, in MessageIndex index, DeliveryPolicy policy, DateTimeOffset now) =>
        Upkeep.Decide(message, index, policy, now) switch
        {
            Upkeep.None => message.Status == SlotStatus.Ready && message.VisibleAt <= now,
            Upkeep.Redeliver(var ready) => ready.VisibleAt <= now,
            _ => false,
        };

    /// <summary>
    /// Whether nobody holds the message and it waits for an instant to come: of its delay, or of the backoff after its last lease.
    /// </summary>
    public static bool IsHeldBack(in MessageState message, in MessageIndex index, DeliveryPolicy policy, DateTimeOffset now) =>
        message.Status != SlotStatus.Done
        && !Upkeep.LeaseHolds(message, policy, now)
        && !(index.ExpiresAt <= now)
        && ActionableAt(message, index, policy) > now;

    /// <summary>
    /// The earliest instant at which a dequeue may have something to do with the message, by delivering it or by upkeep;
    /// null for one that is done or on its way.
    /// </summary>
    public static DateTimeOffset? ActionableAt(in MessageState message, in MessageIndex index, DeliveryPolicy policy)
    {
        if (message.Status is SlotStatus.Done or SlotStatus.Moving)
            return null;
        var upkeep = Upkeep.DueAt(message, index, policy);
        if (message.IsLeased)
        {
            var ended = upkeep!.Value;
            if (policy.AtLastDelivery(message.DeliveryCount))
                return ended;
            var again = message.VisibleAt + policy.BackoffAfter(message);
            var next = index.ExpiresAt < again ? index.ExpiresAt.Value : again;
            return next < ended ? ended : next;
        }

        return upkeep < message.VisibleAt ? upkeep : message.VisibleAt;
    }

    /// <summary>Whether somebody may drop the message by its id: nobody holds it, and it is not over.</summary>
    public static bool CanRemove(in MessageState message, in MessageIndex index, DeliveryPolicy policy, DateTimeOffset now) =>
        message.Status != SlotStatus.Done && !IsHeld(message, policy, now) && !(index.ExpiresAt <= now);

    /// <summary>Whether the message is leased, or on its way to another queue.</summary>
    public static bool IsHeld(in MessageState message, DeliveryPolicy policy, DateTimeOffset now) =>
        message.Status == SlotStatus.Moving || Upkeep.LeaseHolds(message, policy, now);

    public static MessageState Lease(
        in MessageState message,
        LeaseId lease,
        DateTimeOffset now,
        DateTimeOffset until,
        DeliveryPolicy policy
    ) => new(SlotStatus.Leased, until, CountDelivery(message, policy), lease) { FirstDeliveredAt = message.FirstDeliveredAt ?? now };

    /// <summary>Handed out and gone at once: at most once.</summary>
    public static MessageState Take(in MessageState message, LeaseId lease, DateTimeOffset now, DeliveryPolicy policy) =>
        new(SlotStatus.Done, now, CountDelivery(message, policy), lease) { FirstDeliveredAt = message.FirstDeliveredAt ?? now };

    /// <summary>A lease that its receiver does not use, or never got: ready again as if it had not been given.</summary>
    public static MessageState Release(in MessageState message, DeliveryPolicy policy, DateTimeOffset now)
    {
        var deliveries = policy.Source == MessageSource.Live ? Math.Max(0, message.DeliveryCount - 1) : message.DeliveryCount;
        return new(SlotStatus.Ready, now, deliveries, default) { FirstDeliveredAt = deliveries == 0 ? null : message.FirstDeliveredAt };
    }

    // A dead letter keeps the count it died with: looking at it is no delivery.
    private static int CountDelivery(in MessageState message, DeliveryPolicy policy) =>
        policy.Source == MessageSource.Live ? message.DeliveryCount + 1 : message.DeliveryCount;
}

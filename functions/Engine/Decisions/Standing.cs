namespace FuncQueue.Engine.Decisions;

/// <summary>Where a message stands for those who look at it or count it. Pure.</summary>
internal static class Standing
{
    /// <summary>The status; null for a message that is over: done, or past its time to live and not leased.</summary>
    public static MessageStatus? Of(in MessageState state, in MessageIndex index, DeliveryPolicy policy, DateTimeOffset now)
    {
        if (state.Status == SlotStatus.Done)
            return null;
        if (policy.Source == MessageSource.DeadLetters)
            return index.ExpiresAt <= now && state.Status != SlotStatus.Moving && !Upkeep.LeaseHolds(state, policy, now)
                ? null
                : MessageStatus.DeadLettered;
        if (Upkeep.LeaseHolds(state, policy, now))
            return MessageStatus.Leased;
        if (index.ExpiresAt <= now)
            return null;
        return Delivery.IsHeldBack(state, index, policy, now) ? MessageStatus.Scheduled : MessageStatus.Ready;
    }

    /// <summary>What a change of a row's states does to the counts of its shard.</summary>
    public static MessageCounts Difference(
        ReadOnlySpan<MessageState> before,
        ReadOnlySpan<MessageState> after,
        MessageIndex[] index,
        DeliveryPolicy policy,
        DateTimeOffset now
    )
    {
        MessageCounts difference = default;
        for (var slot = 0; slot < after.Length; slot++)
        {
            if (slot < before.Length && before[slot] == after[slot])
                continue;
            if (slot < before.Length)
                difference = difference.Plus(Of(before[slot], index[slot], policy, now), -1);
            difference = difference.Plus(Of(after[slot], index[slot], policy, now), 1);
        }

        return difference;
    }
}

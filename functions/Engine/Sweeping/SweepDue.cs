using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Sweeping;

/// <summary>When a row next gives a sweep something to do, for each kind of it. Pure.</summary>
internal static class SweepDue
{
    /// <summary>When the message's lease will have ended without having been its last; null: it is not leased.</summary>
    public static DateTimeOffset? Redelivery(in MessageState message, in MessageIndex index, DeliveryPolicy policy) =>
        message.IsLeased && !policy.AtLastDelivery(message.DeliveryCount) ? Upkeep.DueAt(message, index, policy) : null;

    /// <summary>When the message will be past its deliveries or its time to live, and not leased; null: never.</summary>
    public static DateTimeOffset? Removal(in MessageState message, in MessageIndex index, DeliveryPolicy policy)
    {
        var due = Upkeep.DueAt(message, index, policy);
        if (due is null || policy.AtLastDelivery(message.DeliveryCount))
            return due;
        return message.IsLeased && index.ExpiresAt < due ? due : index.ExpiresAt;
    }

    /// <summary>Whether a sweep of this scope has something to do in the row now.</summary>
    public static bool IsDue(BatchRow row, SweepScope scope, DeliveryPolicy policy, DateTimeOffset now)
    {
        for (var slot = 0; slot < row.Count; slot++)
        {
            var due = Upkeep.Decide(row.State[slot], row.Index.Messages[slot], policy, now);
            if (due is Upkeep.None)
                continue;
            if (scope.HasFlag(due is Upkeep.Redeliver ? SweepScope.ExpiredLeases : SweepScope.Poison))
                return true;
        }

        return false;
    }

    /// <summary>The earlier of two instants, where null is never.</summary>
    public static DateTimeOffset? Earlier(DateTimeOffset? a, DateTimeOffset? b) => a is null || b < a ? b : a;
}

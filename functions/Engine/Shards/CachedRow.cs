using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>A row in memory; <c>Seen</c> orders what was seen when within this process.</summary>
/// <param name="ActionableAt">When there is first something to do for one of its messages; <c>MaxValue</c>: never.</param>
/// <param name="Groups">The same for each group that has messages in it which are not done.</param>
internal sealed record CachedRow(BatchRow Row, long Seen, DateTimeOffset ActionableAt, GroupShare[] Groups)
{
    private static long lastStamp;

    /// <summary>A number greater than every one before it.</summary>
    public static long Stamp() => Interlocked.Increment(ref lastStamp);

    public static CachedRow Of(BatchRow row, long seen, DeliveryPolicy policy)
    {
        var earliest = DateTimeOffset.MaxValue;
        var groups = new List<GroupShare>(1);
        for (var slot = 0; slot < row.Count; slot++)
        {
            var index = row.Index.Messages[slot];
            if (row.State[slot].Status == SlotStatus.Done)
                continue;
            var at = Delivery.ActionableAt(row.State[slot], index, policy) ?? DateTimeOffset.MaxValue;
            earliest = at < earliest ? at : earliest;
            var known = groups.Count - 1;
            while (known >= 0 && groups[known].Group != index.GroupHash)
                known--;
            if (known < 0)
                groups.Add(new GroupShare(index.GroupHash, at));
            else if (at < groups[known].ActionableAt)
                groups[known] = groups[known] with { ActionableAt = at };
        }

        return new CachedRow(row, seen, earliest, [.. groups]);
    }

    /// <summary>When there is first something to do for a message of the row; <c>MaxValue</c>: never.</summary>
    public static DateTimeOffset EarliestAction(BatchRow row, DeliveryPolicy policy)
    {
        var earliest = DateTimeOffset.MaxValue;
        for (var slot = 0; slot < row.Count; slot++)
        {
            if (Delivery.ActionableAt(row.State[slot], row.Index.Messages[slot], policy) is { } at && at < earliest)
                earliest = at;
        }

        return earliest;
    }
}

/// <summary>The messages of one group in a row that are not done: when there is first something to do for one of them.</summary>
internal readonly record struct GroupShare(ulong Group, DateTimeOffset ActionableAt);

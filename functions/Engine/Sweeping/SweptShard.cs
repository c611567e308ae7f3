using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Sweeping;

/// <summary>
/// What a process remembers of the last time that it read all rows of a shard: when each part of it may have something due. Until it is too
/// old, a sweep reads the parts that are due and no others. What was leased since, or enqueued with a short time to live, is seen when the
/// whole is read again.
/// </summary>
/// <param name="ReadAt">When the reading began.</param>
/// <param name="Count">What was counted then.</param>
internal sealed record SweptShard(DateTimeOffset ReadAt, PastCount Count, IReadOnlyList<SweptPart> Parts)
{
    /// <summary>Shards of so few parts are read whole each time: a request more or less.</summary>
    public const int Few = 4;

    /// <summary>A shard is read whole so seldom that it takes about one request in this time.</summary>
    public static readonly TimeSpan TimeForPart = TimeSpan.FromSeconds(1);

    public bool HoldsAt(DateTimeOffset now) => Parts.Count > Few && now >= ReadAt && now - ReadAt < Parts.Count * TimeForPart;
}

/// <summary>Rows of a shard that were read with one request.</summary>
/// <param name="RedeliveryDueAt">When the first of their leases ends that is not its message's last; null: none does.</param>
/// <param name="RemovalDueAt">When the first of them is to be dropped, dead-lettered or moved on; null: none is.</param>
internal sealed record SweptPart(MessageSource Source, KeyRange Range, DateTimeOffset? RedeliveryDueAt, DateTimeOffset? RemovalDueAt)
{
    public bool IsDue(SweepScope scope, DateTimeOffset now) =>
        (scope.HasFlag(SweepScope.ExpiredLeases) && RedeliveryDueAt <= now) || (scope.HasFlag(SweepScope.Poison) && RemovalDueAt <= now);
}

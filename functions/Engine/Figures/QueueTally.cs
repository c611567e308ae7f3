using FuncQueue.Engine.Totals;

namespace FuncQueue.Engine.Figures;

/// <summary>Makes figures of what was counted and what has changed since. Pure.</summary>
internal static class QueueTally
{
    /// <summary>Of a shard that no sweep has counted yet: all that was changed there is since then.</summary>
    private static readonly PastCount Uncounted = PastCount.Nothing(DateTimeOffset.MinValue);

    /// <param name="row">What sweeps have written; null: nothing yet.</param>
    /// <param name="table">The queue's generation: what is written of another says nothing.</param>
    /// <param name="changes">What this process has changed; null: nothing.</param>
    public static QueueFigures Of(FigureRow? row, string table, DateTimeOffset createdAt, RecentChanges? changes, DateTimeOffset now)
    {
        var counted = row?.Table == table ? row.Shards : new Dictionary<int, PastCount>();
        var (counts, due, knowsScheduled) = (default(MessageCounts), 0L, true);
        DateTimeOffset? oldest = null;
        foreach (var shard in counted.Keys.Union(changes?.Shards ?? []))
        {
            var past = counted.GetValueOrDefault(shard) ?? Uncounted;
            var (changed, first) = changes?.Since(shard, past.At) ?? default;
            counts = counts.Plus(past.Count.Counts).Plus(changed);
            due += past.Count.DueBy(now);
            knowsScheduled &= past.Count.KnowsScheduled;
            var begins = past.Count.Oldest ?? (past.Count.DueBy(now) > 0 ? past.Count.Later[0].At : first);
            oldest = oldest is null || begins < oldest ? begins : oldest;
        }

        var (ready, leased) = (counts.Ready + due, counts.Leased);
        // What one process has leased may come back by another, or by time: the sum is right where the parts are not.
        if (ready < 0)
            (ready, leased) = (0, leased + ready);
        if (leased < 0)
            (ready, leased) = (ready + leased, 0);
        ready = Math.Max(0, ready);
        var stillDue = Math.Min(due, ready);
        var asOf = row?.Table == table ? row.SampledAt : createdAt;
        var age = now - (oldest ?? asOf);
        return new QueueFigures
        {
            Ready = ready - stillDue,
            Leased = Math.Max(0, leased),
            Due = stillDue,
            Scheduled = knowsScheduled ? Math.Max(0, counts.Scheduled - due) : null,
            DeadLettered = Math.Max(0, counts.DeadLettered),
            OldestMessageAge =
                ready + leased <= 0 ? null
                : age < TimeSpan.Zero ? TimeSpan.Zero
                : age,
            AsOf = asOf,
        };
    }

    /// <summary>What a sweep has counted, and what this process has changed since, as a sample.</summary>
    public static QueueSample SampleOf(FigureRow row, RecentChanges changes, QueueFlow since)
    {
        var figures = Of(row, row.Table, row.SampledAt, changes, row.SampledAt);
        return new QueueSample
        {
            At = row.SampledAt,
            Ready = figures.Ready + figures.Due,
            Leased = figures.Leased,
            Scheduled = figures.Scheduled,
            DeadLettered = figures.DeadLettered,
            OldestMessageAge = figures.OldestMessageAge,
            Since = since,
        };
    }
}

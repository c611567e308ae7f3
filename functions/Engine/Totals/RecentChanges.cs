namespace FuncQueue.Engine.Totals;

/// <summary>
/// What this process has changed of late in each shard of a queue, by instants: what somebody counted before is brought up to date with
/// it. The older a change, the coarser its instant is kept, so that it takes little memory however much is done.
/// </summary>
internal sealed class RecentChanges
{
    /// <summary>Most instants of a shard; when there are more, those of the older half become half as many.</summary>
    public const int MostInstants = 512;

    /// <summary>Changes so close to each other are kept as one.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromMilliseconds(250);

    private readonly Lock gate = new();
    private readonly Dictionary<int, List<Change>> shards = [];

    /// <summary>The shards in which anything was changed.</summary>
    public IReadOnlyList<int> Shards
    {
        get
        {
            lock (gate)
                return [.. shards.Keys];
        }
    }

    public void Add(int shard, MessageCounts difference, DateTimeOffset at)
    {
        if (difference == default)
            return;
        lock (gate)
        {
            if (!shards.TryGetValue(shard, out var changes))
                shards.Add(shard, changes = []);
            if (changes.Count > 0 && at - changes[^1].At < Step)
            {
                changes[^1] = changes[^1] with { Difference = changes[^1].Difference.Plus(difference) };
                return;
            }

            if (changes.Count == MostInstants)
                Coarsen(changes);
            changes.Add(new Change(at, difference));
        }
    }

    /// <summary>What was changed after an instant, and the instant of the first such change, null if there is none.</summary>
    public (MessageCounts Difference, DateTimeOffset? First) Since(int shard, DateTimeOffset at)
    {
        lock (gate)
        {
            MessageCounts sum = default;
            DateTimeOffset? first = null;
            foreach (var change in shards.GetValueOrDefault(shard) ?? [])
            {
                if (change.At <= at)
                    continue;
                first ??= change.At;
                sum = sum.Plus(change.Difference);
            }

            return (sum, first);
        }
    }

    private static void Coarsen(List<Change> changes)
    {
        const int Half = MostInstants / 2;
        for (var i = 0; i < Half / 2; i++)
            changes[i] = new Change(changes[2 * i].At, changes[2 * i].Difference.Plus(changes[(2 * i) + 1].Difference));
        changes.RemoveRange(Half / 2, Half / 2);
    }

    private readonly record struct Change(DateTimeOffset At, MessageCounts Difference);
}

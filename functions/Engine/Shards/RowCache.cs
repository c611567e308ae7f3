using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>
/// The rows of a shard that this process knows, as it last saw them, in the order of delivery. Bounded; forgetting a row only costs a read.
/// Used by one loop at a time.
/// </summary>
/// <param name="groups">Keeps account of the groups of the rows.</param>
internal sealed class RowCache(Func<DeliveryPolicy> policy, Func<DateTimeOffset> clock, IRowGroups groups)
{
    private const int MaxRows = 1024;
    private const int MaxBytes = 24 * 1024 * 1024;

    private readonly Dictionary<string, CachedRow> byKey = new(StringComparer.Ordinal);
    private readonly SortedSet<CachedRow> inOrder = new(DeliveryOrder.Rows);
    private DeliveryPolicy? rules;
    private long bytes;

    public int Count => byKey.Count;

    public CachedRow? Find(string key) => byKey.GetValueOrDefault(key);

    /// <summary>Rows with something to do at <paramref name="now"/>, in the order of delivery.</summary>
    public IEnumerable<CachedRow> Actionable(DateTimeOffset now) => inOrder.Where(row => row.ActionableAt <= now);

    /// <summary>When there is something to do for a row depends on the queue's settings: after a change it is found out anew.</summary>
    public void FollowSettings()
    {
        var latest = policy();
        if (latest == rules)
            return;
        rules = latest;
        foreach (var entry in byKey.Values.ToList())
            Replace(entry, CachedRow.Of(entry.Row, entry.Seen, latest));
    }

    /// <summary>Takes in a row as it was at <paramref name="seen"/>, a stamp of <see cref="CachedRow.Stamp"/>.</summary>
    public CachedRow Put(BatchRow row, long seen)
    {
        var old = byKey.GetValueOrDefault(row.Key);
        // Data never changes: what was read once need not be read again.
        if (row.Data is null && old?.Row.Data is { } data)
            row = row with { Data = data };
        var entry = CachedRow.Of(row, seen, policy());
        Replace(old, entry);
        Shrink(entry);
        return entry;
    }

    public void Remove(string key)
    {
        if (byKey.TryGetValue(key, out var entry))
            Replace(entry, null);
    }

    /// <summary>How many rows are known from one key to another, both included.</summary>
    public int CountBetween(string first, string last) =>
        byKey.Keys.Count(key => string.CompareOrdinal(key, first) >= 0 && string.CompareOrdinal(key, last) <= 0);

    /// <summary>Forgets rows of a range that a scan begun at <paramref name="seen"/> did not find: they are gone.</summary>
    public void RemoveMissing(KeyRange range, IReadOnlySet<string> present, long seen)
    {
        foreach (var entry in byKey.Values.Where(e => e.Seen < seen && range.Contains(e.Row.Key) && !present.Contains(e.Row.Key)).ToList())
            Replace(entry, null);
    }

    public void RemoveWhere(Func<BatchRow, bool> condition)
    {
        foreach (var entry in byKey.Values.Where(e => condition(e.Row)).ToList())
            Replace(entry, null);
    }

    /// <summary>Gives the bodies back of a row that nobody is to get for a while.</summary>
    public void DropData(CachedRow entry)
    {
        if (entry.Row.Data is null)
            return;
        Replace(entry, entry with { Row = entry.Row with { Data = null } });
    }

    public void Clear()
    {
        foreach (var entry in byKey.Values.ToList())
            Replace(entry, null);
    }

    private void Replace(CachedRow? before, CachedRow? after)
    {
        if (before is not null)
        {
            byKey.Remove(before.Row.Key);
            inOrder.Remove(before);
            bytes -= before.Row.ApproximateBytes;
        }

        if (after is not null)
        {
            byKey.Add(after.Row.Key, after);
            inOrder.Add(after);
            bytes += after.Row.ApproximateBytes;
        }

        groups.Changed(before, after);
    }

    /// <summary>Makes room, never by the row that has just come.</summary>
    private void Shrink(CachedRow newest)
    {
        if (byKey.Count <= MaxRows && bytes <= MaxBytes)
            return;
        foreach (var entry in DeliveryOrder.ForEviction(inOrder, clock(), groups.IsScarce).Where(e => !ReferenceEquals(e, newest)).ToList())
        {
            // A tenth more than needed, so that not every row that comes pays for this.
            if (byKey.Count <= MaxRows * 9 / 10 && bytes <= MaxBytes * 9 / 10)
                return;
            Replace(entry, null);
        }
    }
}

using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Groups;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>
/// The rows of a shard that this process knows, as it last saw them, oldest first within a lane. Bounded; forgetting a row only
/// costs a read. Used by one loop at a time.
/// </summary>
internal sealed class RowCache(Func<DeliveryPolicy> policy)
{
    private const int MaxRows = 1024;
    private const int MaxBytes = 24 * 1024 * 1024;
    private const int ScarceRows = 4;

    private readonly Dictionary<string, CachedRow> byKey = new(StringComparer.Ordinal);
    private readonly SortedSet<CachedRow> inOrder = new(CachedRow.Order);
    private readonly Dictionary<ulong, SortedSet<CachedRow>> byGroup = [];
    private DeliveryPolicy? rules;
    private long bytes;

    public int Count => byKey.Count;

    /// <summary>The rows of each group with messages that are not done; those without a group under <see cref="GroupHash.None"/>.</summary>
    public IReadOnlyDictionary<ulong, SortedSet<CachedRow>> Groups => byGroup;

    /// <summary>Whether there are messages with a group.</summary>
    public bool HasGroups => byGroup.Count > 1 || (byGroup.Count == 1 && !byGroup.ContainsKey(GroupHash.None));

    public CachedRow? Find(string key) => byKey.GetValueOrDefault(key);

    /// <summary>Rows with something to do at <paramref name="now"/>: high lanes first and oldest first, or the lowest lane first.</summary>
    public IEnumerable<CachedRow> Actionable(DateTimeOffset now, bool lowestLaneFirst)
    {
        var rows = inOrder.Where(row => row.ActionableAt <= now);
        return lowestLaneFirst ? rows.OrderByDescending(row => row.Row.Birth.Lane) : rows;
    }

    /// <summary>When there is something to do for a row depends on the queue's settings: once these have changed, it is found out anew.</summary>
    public void FollowSettings()
    {
        var latest = policy();
        if (latest == rules)
            return;
        rules = latest;
        foreach (var entry in byKey.Values.ToList())
        {
            Remove(entry);
            Add(entry with { ActionableAt = EarliestAction(entry.Row) });
        }
    }

    /// <summary>Takes in a row as it was at <paramref name="seen"/>, a stamp of <see cref="CachedRow.Stamp"/>.</summary>
    public CachedRow Put(BatchRow row, long seen)
    {
        if (byKey.TryGetValue(row.Key, out var old))
        {
            // Data never changes: what was read once need not be read again.
            if (row.Data is null && old.Row.Data is not null)
                row = row with { Data = old.Row.Data };
            Remove(old);
        }

        var entry = new CachedRow(row, seen, EarliestAction(row));
        Add(entry);
        Shrink(entry);
        return entry;
    }

    public void Remove(string key)
    {
        if (byKey.TryGetValue(key, out var entry))
            Remove(entry);
    }

    /// <summary>How many rows are known from one key to another, both included.</summary>
    public int CountBetween(string first, string last) =>
        byKey.Keys.Count(key => string.CompareOrdinal(key, first) >= 0 && string.CompareOrdinal(key, last) <= 0);

    /// <summary>Forgets rows of a range that a look begun at <paramref name="seen"/> did not find: they are gone.</summary>
    public void RemoveMissing(KeyRange range, IReadOnlySet<string> present, long seen)
    {
        foreach (var entry in byKey.Values.Where(e => e.Seen < seen && range.Contains(e.Row.Key) && !present.Contains(e.Row.Key)).ToList())
            Remove(entry);
    }

    public void RemoveWhere(Func<BatchRow, bool> condition)
    {
        foreach (var entry in byKey.Values.Where(e => condition(e.Row)).ToList())
            Remove(entry);
    }

    /// <summary>Gives the bodies back of a row that nobody is to get for a while.</summary>
    public void DropData(CachedRow entry)
    {
        if (entry.Row.Data is null)
            return;
        Remove(entry);
        var lean = new CachedRow(entry.Row with { Data = null }, entry.Seen, entry.ActionableAt);
        Add(lean);
    }

    public void Clear()
    {
        byKey.Clear();
        inOrder.Clear();
        byGroup.Clear();
        bytes = 0;
    }

    private void Add(CachedRow entry)
    {
        byKey.Add(entry.Row.Key, entry);
        inOrder.Add(entry);
        bytes += entry.Row.ApproximateBytes;
        foreach (var group in entry.OpenGroups)
        {
            if (!byGroup.TryGetValue(group, out var rows))
                byGroup.Add(group, rows = new SortedSet<CachedRow>(CachedRow.Order));
            rows.Add(entry);
        }
    }

    private void Remove(CachedRow entry)
    {
        byKey.Remove(entry.Row.Key);
        inOrder.Remove(entry);
        bytes -= entry.Row.ApproximateBytes;
        foreach (var group in entry.OpenGroups)
        {
            if (byGroup[group].Remove(entry) && byGroup[group].Count == 0)
                byGroup.Remove(group);
        }
    }

    /// <summary>Whether it has messages of a group of which little else is known: what makes turns between groups possible.</summary>
    private bool IsScarce(CachedRow entry) => HasGroups && Array.Exists(entry.OpenGroups, group => byGroup[group].Count <= ScarceRows);

    /// <summary>Makes room, never by the row that has just come: those go first that nobody is to get for the longest time, those of rare groups last.</summary>
    private void Shrink(CachedRow newest)
    {
        if (byKey.Count <= MaxRows && bytes <= MaxBytes)
            return;
        foreach (var entry in byKey.Values.Where(e => !ReferenceEquals(e, newest)).OrderBy(IsScarce).ThenByDescending(e => e.ActionableAt).ThenByDescending(e => e, CachedRow.Order).ToList())
        {
            // A tenth more than needed, so that not every row that comes pays for this.
            if (byKey.Count <= MaxRows * 9 / 10 && bytes <= MaxBytes * 9 / 10)
                return;
            Remove(entry);
        }
    }

    /// <summary>When there is first something to do for a message of the row; <c>MaxValue</c>: never.</summary>
    public DateTimeOffset EarliestAction(BatchRow row)
    {
        var rules = policy();
        var earliest = DateTimeOffset.MaxValue;
        for (var i = 0; i < row.Count; i++)
        {
            if (Delivery.ActionableAt(row.State[i], row.Index.Messages[i], rules) is { } at && at < earliest)
                earliest = at;
        }

        return earliest;
    }
}

/// <summary>A row in the cache; <c>Seen</c> orders what was seen when within this process.</summary>
internal sealed record CachedRow(BatchRow Row, long Seen, DateTimeOffset ActionableAt)
{
    public static readonly IComparer<CachedRow> Order = Comparer<CachedRow>.Create(static (a, b) =>
    {
        var (x, y) = (a.Row.Birth, b.Row.Birth);
        var order = x.Lane.CompareTo(y.Lane);
        if (order == 0)
            order = x.TimeMicros.CompareTo(y.TimeMicros);
        return order == 0 ? string.CompareOrdinal(a.Row.Key, b.Row.Key) : order;
    });

    private static long lastStamp;

    /// <summary>The groups of its messages that are not done.</summary>
    public ulong[] OpenGroups { get; } = GroupsOf(Row);

    /// <summary>A number greater than every one before it.</summary>
    public static long Stamp() => Interlocked.Increment(ref lastStamp);

    private static ulong[] GroupsOf(BatchRow row)
    {
        var groups = new HashSet<ulong>();
        for (var slot = 0; slot < row.Count; slot++)
        {
            if (row.State[slot].Status != SlotStatus.Done)
                groups.Add(row.Index.Messages[slot].GroupHash);
        }

        return [.. groups];
    }
}

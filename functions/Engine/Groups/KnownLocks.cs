using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Groups;

/// <summary>
/// The locks of a shard's groups as this process last saw them. A group that is not known is taken for one without a lock: whoever writes
/// the lock makes sure of it. Used by one loop at a time.
/// </summary>
internal sealed class KnownLocks
{
    /// <summary>Absences remembered, so that a scan begun before does not bring the lock back.</summary>
    private const int MaxAbsent = 8192;

    private readonly Dictionary<ulong, Entry> known = [];
    private int absent;

    public GroupLock? Find(ulong group) => known.GetValueOrDefault(group).Lock;

    /// <summary>Takes in a lock as it was at <paramref name="seen"/>; null: there was none. What is known from later stands.</summary>
    public void Learn(ulong group, GroupLock? latest, long seen)
    {
        if (known.TryGetValue(group, out var old))
        {
            if (old.Seen > seen)
                return;
            if (old.Lock is null)
                absent--;
        }

        known[group] = new Entry(latest, seen);
        if (latest is not null || ++absent <= MaxAbsent)
            return;
        foreach (
            var key in known.Where(k => k.Value.Lock is null).OrderBy(k => k.Value.Seen).Take(MaxAbsent / 2).Select(k => k.Key).ToList()
        )
            known.Remove(key);
        absent -= MaxAbsent / 2;
    }

    /// <summary>Takes in the locks that a scan found in a range of rows; others there are gone.</summary>
    public void LearnAll(IReadOnlyList<GroupLock> found, KeyRange range, long began)
    {
        var present = found.Select(l => l.Group).ToHashSet();
        foreach (
            var group in known
                .Where(k => k.Value.Lock is not null && !present.Contains(k.Key) && range.Contains(GroupLockRows.RowKey(k.Key)))
                .Select(k => k.Key)
                .ToList()
        )
            Learn(group, null, began);
        foreach (var one in found)
            Learn(one.Group, one, began);
    }

    public void Forget(ulong group)
    {
        if (known.Remove(group, out var old) && old.Lock is null)
            absent--;
    }

    public void Clear()
    {
        known.Clear();
        absent = 0;
    }

    private readonly record struct Entry(GroupLock? Lock, long Seen);
}

using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Groups;

/// <summary>What of a row is kept account of: the messages not done, by group.</summary>
/// <param name="Seen">When it was so, in the order of <see cref="Shards.CachedRow.Stamp"/>.</param>
internal sealed record IndexedRow(string Key, long Seen, OpenMessages[] Open)
{
    /// <summary>Something to compare keys with.</summary>
    public static IndexedRow Probe(string key) => new(key, 0, []);

    public OpenMessages Of(ulong group) => Array.Find(Open, o => o.Group == group);
}

/// <summary>The messages of one group in one row that are not done.</summary>
/// <param name="ActionableAt">When there is first something to do for the first of them.</param>
internal readonly record struct OpenMessages(ulong Group, int Count, DateTimeOffset ActionableAt)
{
    /// <summary>Of each group that has such messages in the row.</summary>
    public static OpenMessages[] Of(BatchRow row, DeliveryPolicy policy)
    {
        var found = new Dictionary<ulong, OpenMessages>();
        for (var slot = 0; slot < row.Count; slot++)
        {
            if (Delivery.ActionableAt(row.State[slot], row.Index.Messages[slot], policy) is not { } at)
                continue;
            var group = row.Index.Messages[slot].GroupHash;
            found[group] = found.TryGetValue(group, out var first)
                ? first with
                {
                    Count = first.Count + 1,
                }
                : new OpenMessages(group, 1, at);
        }

        return [.. found.Values];
    }
}

/// <summary>A group with messages that are not done: the rows they are in, oldest first.</summary>
internal sealed class OpenGroup(ulong hash)
{
    public static readonly IComparer<OpenGroup> Order = Comparer<OpenGroup>.Create(
        static (a, b) =>
        {
            var order = string.CompareOrdinal(a.First.Key, b.First.Key);
            return order == 0 ? a.Hash.CompareTo(b.Hash) : order;
        }
    );

    public ulong Hash => hash;

    public SortedSet<IndexedRow> Rows { get; } = new(Comparer<IndexedRow>.Create(static (a, b) => string.CompareOrdinal(a.Key, b.Key)));

    public IndexedRow First => Rows.Min!;

    /// <summary>When there is first something to do for the group's first message.</summary>
    public DateTimeOffset ActionableAt => First.Of(hash).ActionableAt;
}

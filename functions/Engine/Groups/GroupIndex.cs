using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Groups;

/// <summary>
/// Which rows of a FIFO shard have messages of which group that are not done, as far as this process knows. It knows of every row with
/// a sequence number below <see cref="CompleteTo"/>, so the first row of a group here is the first there is. What it knows of a row may
/// be old: a message taken for open may be done, never the other way round. Used by one loop at a time.
/// </summary>
internal sealed class GroupIndex
{
    /// <summary>Most rows kept account of, about 200 bytes each; behind them nothing is handed out until some of them are done.</summary>
    private const int MaxRows = 100_000;

    /// <summary>Rows remembered as gone, so that a scan begun before does not bring them back.</summary>
    private const int MaxGone = 8192;

    private readonly Dictionary<string, IndexedRow> byKey = new(StringComparer.Ordinal);
    private readonly SortedSet<IndexedRow> rows = new(Comparer<IndexedRow>.Create(static (a, b) => string.CompareOrdinal(a.Key, b.Key)));
    private readonly Dictionary<ulong, OpenGroup> groups = [];
    private readonly SortedSet<OpenGroup> order = new(OpenGroup.Order);
    private readonly Dictionary<string, long> gone = new(StringComparer.Ordinal);

    /// <summary>Every row with messages not done and a lower sequence number is known.</summary>
    public long CompleteTo { get; private set; }

    public bool IsFull => byKey.Count >= MaxRows;

    /// <summary>The groups, those with the oldest messages first.</summary>
    public IEnumerable<OpenGroup> InOrder => order;

    public int Count => groups.Count;

    public OpenGroup? Find(ulong group) => groups.GetValueOrDefault(group);

    /// <summary>Takes in a new row of this process; false when rows before it are not known: then a scan will find it.</summary>
    /// <param name="behind">The sequence number that the shard's head had before.</param>
    public bool TryAppend(BatchRow row, long behind, long seen, DeliveryPolicy policy)
    {
        if (behind > CompleteTo || IsFull)
            return false;
        CompleteTo = Math.Max(CompleteTo, row.SequenceEnd);
        Learn(row, seen, policy);
        return true;
    }

    /// <summary>Takes in what a scan found in a range that begins at the start of the shard, or before <see cref="CompleteTo"/>.</summary>
    public void Learn(GroupedPage page, KeyRange range, long began, DeliveryPolicy policy)
    {
        var present = page.Rows.Select(r => r.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var missing in Between(range).Where(r => r.Seen < began && !present.Contains(r.Key)).ToList())
            Gone(missing.Key, began);
        foreach (var row in page.Rows)
        {
            // No more can be kept account of; what is known is still brought up to date.
            if (IsFull && !byKey.ContainsKey(row.Key))
                return;
            CompleteTo = Math.Max(CompleteTo, row.SequenceEnd);
            Learn(row, began, policy);
        }
    }

    /// <summary>A scan has come to the end of the shard, having seen this head at its beginning.</summary>
    public void CompleteUpTo(long sequence)
    {
        if (!IsFull)
            CompleteTo = Math.Max(CompleteTo, sequence);
    }

    /// <summary>There is a row under this key that cannot be read: nothing from there on can be handed out.</summary>
    public void CutAt(string key)
    {
        if (!BirthRow.TryParse(key, out var birth))
            return;
        CompleteTo = Math.Min(CompleteTo, birth.TimeMicros);
        foreach (var behind in rows.GetViewBetween(IndexedRow.Probe(key), IndexedRow.Probe(RowKeys.Fifo.To)).ToList())
            Unlink(behind);
    }

    /// <summary>
    /// Takes in a row as it was at <paramref name="seen"/>, unless there may be others before it; what is known from later stands.
    /// </summary>
    public void Learn(BatchRow row, long seen, DeliveryPolicy policy)
    {
        // Read by itself, as for a receipt: what lies before it is not known yet, so that it must not pass for the first of a group.
        if (row.SequenceEnd > CompleteTo)
            return;
        if (gone.TryGetValue(row.Key, out var at) && at > seen)
            return;
        if (byKey.TryGetValue(row.Key, out var known))
        {
            if (known.Seen > seen)
                return;
            Unlink(known);
        }

        var latest = new IndexedRow(row.Key, seen, OpenMessages.Of(row, policy));
        if (latest.Open.Length == 0)
            Remember(row.Key, seen);
        else
            Link(latest);
    }

    /// <summary>The row is not there any more, or all of its messages are done.</summary>
    public void Gone(string key, long seen)
    {
        Remember(key, seen);
        if (byKey.TryGetValue(key, out var known))
            Unlink(known);
    }

    public void Clear()
    {
        byKey.Clear();
        rows.Clear();
        groups.Clear();
        order.Clear();
        gone.Clear();
        CompleteTo = 0;
    }

    /// <summary>How many rows are known between two keys, both included.</summary>
    public int CountBetween(string first, string last) => rows.GetViewBetween(IndexedRow.Probe(first), IndexedRow.Probe(last)).Count;

    private IEnumerable<IndexedRow> Between(KeyRange range) =>
        string.CompareOrdinal(range.From, range.To) >= 0
            ? []
            : rows.GetViewBetween(IndexedRow.Probe(range.From), IndexedRow.Probe(range.To)).Where(r => range.Contains(r.Key));

    private void Link(IndexedRow row)
    {
        byKey.Add(row.Key, row);
        rows.Add(row);
        foreach (var open in row.Open)
        {
            if (!groups.TryGetValue(open.Group, out var group))
                groups.Add(open.Group, group = new OpenGroup(open.Group));
            else
                order.Remove(group);
            group.Rows.Add(row);
            order.Add(group);
        }
    }

    private void Unlink(IndexedRow row)
    {
        byKey.Remove(row.Key);
        rows.Remove(row);
        foreach (var open in row.Open)
        {
            var group = groups[open.Group];
            order.Remove(group);
            group.Rows.Remove(row);
            if (group.Rows.Count == 0)
                groups.Remove(open.Group);
            else
                order.Add(group);
        }
    }

    private void Remember(string key, long seen)
    {
        if (gone.Count >= MaxGone)
        {
            foreach (var old in gone.OrderBy(g => g.Value).Take(MaxGone / 2).Select(g => g.Key).ToList())
                gone.Remove(old);
        }

        gone[key] = Math.Max(seen, gone.GetValueOrDefault(key));
    }
}

namespace FuncQueue.Engine.Topics.Forwarding;

/// <summary>
/// The end of a partition as far as this process appended it: rows next to each other, so that what has just been stored is forwarded from
/// memory. Thread-safe.
/// </summary>
internal sealed class RecentRows
{
    /// <summary>Most bytes of rows that are kept, about.</summary>
    private const int MaxBytes = 8 * 1024 * 1024;

    private readonly Lock gate = new();
    private readonly LinkedList<ForwardedRow> rows = [];
    private int bytes;
    private long next = -1;

    /// <summary>The offset behind the last row that was here; negative: none was.</summary>
    public long Next => Volatile.Read(ref next);

    public void Add(ForwardedRow row)
    {
        lock (gate)
        {
            // What others appended in between is not here.
            if (rows.Last is { } last && last.Value.Last + 1 != row.First)
            {
                rows.Clear();
                bytes = 0;
            }

            rows.AddLast(row);
            next = row.Last + 1;
            bytes += row.Bytes;
            while (bytes > MaxBytes && rows.Count > 1)
                RemoveFirst_NeedsLock();
        }
    }

    /// <summary>Drops the rows whose records lie below an offset.</summary>
    public void DropBelow(long offset)
    {
        lock (gate)
        {
            while (rows.First is { } first && first.Value.Last < offset)
                RemoveFirst_NeedsLock();
        }
    }

    /// <summary>The rows from the one that holds an offset on; null: that one is not here.</summary>
    public List<ForwardedRow>? From(long offset)
    {
        lock (gate)
        {
            if (rows.First is not { } first || first.Value.First > offset || rows.Last!.Value.Last < offset)
                return null;
            var found = new List<ForwardedRow>();
            for (var node = rows.Last; node is not null && node.Value.Last >= offset; node = node.Previous)
                found.Add(node.Value);
            found.Reverse();
            return found;
        }
    }

    private void RemoveFirst_NeedsLock()
    {
        bytes -= rows.First!.Value.Bytes;
        rows.RemoveFirst();
    }
}

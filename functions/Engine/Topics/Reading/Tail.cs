using FuncQueue.Engine.Topics.Records;

namespace FuncQueue.Engine.Topics.Reading;

/// <summary>
/// The last rows of a partition as this process has stored or read them, next to each other, for those who read at the end. What is at an
/// offset never changes, so what is remembered holds. Thread-safe.
/// </summary>
/// <param name="most">Bytes of one partition.</param>
internal sealed class Tail(TailBudget budget, long most = Tail.Most)
{
    /// <summary>For a partition.</summary>
    public const long Most = 8 * 1024 * 1024;

    private readonly Lock gate = new();
    private readonly LinkedList<RecordRow> rows = [];
    private long bytes;

    /// <summary>
    /// Takes in a row. One that does not lie next to those that are remembered takes their place, if it lies behind them.
    /// </summary>
    public void Add(RecordRow row)
    {
        lock (gate)
        {
            if (rows.Last is { Value.Last: var last })
            {
                if (row.First <= last)
                    return;
                if (row.First != last + 1)
                    RemoveFirst_NeedsLock(rows.Count);
            }

            rows.AddLast(row);
            bytes += row.ApproximateBytes;
            budget.Take(row.ApproximateBytes);
            while (rows.Count > 0 && (bytes > most || budget.IsExceeded))
                RemoveFirst_NeedsLock(1);
        }
    }

    /// <summary>The rows from the one that holds an offset on, up to so many records; null: they are not remembered.</summary>
    public IReadOnlyList<RecordRow>? ReadFrom(long offset, int maxRecords)
    {
        lock (gate)
        {
            if (rows.First is not { } first || offset < first.Value.First || offset > rows.Last!.Value.Last)
                return null;
            // Readers are at the end, nearly always.
            var node = rows.Last;
            while (node.Value.First > offset)
                node = node.Previous!;
            var found = new List<RecordRow>();
            for (LinkedListNode<RecordRow>? next = node; next is not null && maxRecords > 0; next = next.Next)
            {
                found.Add(next.Value);
                maxRecords -= next.Value.Count - next.Value.Find(offset);
            }

            return found;
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        lock (gate)
            RemoveFirst_NeedsLock(rows.Count);
    }

    private void RemoveFirst_NeedsLock(int count)
    {
        for (; count > 0; count--)
        {
            var size = rows.First!.Value.ApproximateBytes;
            rows.RemoveFirst();
            bytes -= size;
            budget.GiveBack(size);
        }
    }
}

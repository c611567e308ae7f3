using FuncQueue.Engine.Topics.Records;

namespace FuncQueue.Engine.Topics.Reading;

/// <summary>
/// Rows that a request brought beyond what was asked for, for whoever goes on there. Once somebody does, those behind them are fetched
/// meanwhile. Thread-safe.
/// </summary>
/// <param name="fetch">Reads rows from the one that holds an offset on; none where that fails.</param>
internal sealed class ReadAhead(Func<long, Task<FetchedRows>> fetch)
{
    private static readonly FetchedRows Nothing = new([], FetchEnd.End);

    private readonly Lock gate = new();
    private FetchedRows brought = Nothing;
    private (long From, Task<FetchedRows> Rows)? coming;

    /// <summary>Takes in what a request brought.</summary>
    public void Keep(FetchedRows rows)
    {
        lock (gate)
            brought = rows;
    }

    /// <summary>As many as are asked for; null: those that hold the offset are neither here nor on their way.</summary>
    public async ValueTask<List<RecordRow>?> FindAsync(long from, int maxRecords, int maxBytes, CancellationToken cancellationToken)
    {
        if (Take(from, maxRecords, maxBytes) is { } here)
            return here;
        Task<FetchedRows> due;
        lock (gate)
        {
            if (coming is not { } next || next.From != from)
                return null;
            due = next.Rows;
        }

        var rows = Nothing;
        try
        {
            rows = await due.WaitAsync(cancellationToken);
        }
        finally
        {
            lock (gate)
            {
                // Others may have waited for them, too. Those that could not be fetched are nobody's.
                if (due.IsCompleted && coming?.Rows == due)
                    (coming, brought) = (null, rows);
            }
        }

        return Take(from, maxRecords, maxBytes);
    }

    private List<RecordRow>? Take(long from, int maxRecords, int maxBytes)
    {
        IReadOnlyList<RecordRow> rows;
        lock (gate)
        {
            rows = brought.Rows;
            if (rows.Count == 0 || from < rows[0].First || from > rows[^1].Last)
                return null;
            var next = rows[^1].Last + 1;
            if (brought.End == FetchEnd.More && coming?.From != next)
                coming = (next, Task.Run(() => fetch(next)));
        }

        var (found, bytes) = (new List<RecordRow>(), 0L);
        foreach (var row in rows.SkipWhile(r => r.Last < from))
        {
            if (maxRecords <= 0 || bytes >= maxBytes)
                break;
            found.Add(row);
            maxRecords -= row.Count - row.Find(from);
            bytes += row.BytesFrom(from);
        }

        return found;
    }
}

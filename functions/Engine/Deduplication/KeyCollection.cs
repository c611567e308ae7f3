using Azure;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Deduplication;

/// <summary>Forgets deduplication keys whose window has ended: reads and deletes them by ranges.</summary>
internal sealed class KeyCollection(ShardTable table, TimeSpan clockSkewBound)
{
    private const int LeastRead = 16;

    /// <summary>Forgets what is due; how many lists of keys were dealt with, and when the next is due.</summary>
    public async Task<(int Forgotten, DateTimeOffset? NextDue)> ForgetAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var forgotten = 0;
        for (KeyRange? rest = DeduplicationRows.Expiries; rest is { } part; )
        {
            var (entities, last) = await table.ReadEntitiesAsync(part, ShardTable.MaxPageRows, null, cancellationToken);
            var lists = entities.Select(e => (e.RowKey, List: DeduplicationRows.ReadList(e))).ToList();
            // The rows are in the order of their ends; a clock that is ahead must not shorten a window.
            var due = lists.TakeWhile(l => l.List.ExpiresAt + clockSkewBound <= now).ToList();
            if (due.Count > 0)
            {
                await ForgetAsync(due.SelectMany(l => l.List.Keys.Select(key => (key, l.List.ExpiresAt))), cancellationToken);
                // Only now: as long as a list is there, its keys are found.
                forgotten += await RowRemoval.DeleteAsync(table, due.Select(l => (l.RowKey, ETag.All)));
            }

            if (due.Count < lists.Count)
                return (forgotten, lists[due.Count].List.ExpiresAt + clockSkewBound);
            rest = last is null ? null : part.After(last);
        }

        return (forgotten, null);
    }

    /// <summary>Deletes those of the keys that have not been replaced since.</summary>
    private async Task ForgetAsync(IEnumerable<(DeduplicationKey Key, DateTimeOffset ExpiresAt)> keys, CancellationToken cancellationToken)
    {
        var ends = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        foreach (var (key, expiresAt) in keys)
        {
            var row = DeduplicationRows.RowKey(key);
            ends[row] = ends.TryGetValue(row, out var later) && later > expiresAt ? later : expiresAt;
        }

        var wanted = ends.Keys.Order(StringComparer.Ordinal).ToList();
        var found = new List<(string Key, ETag ETag)>();
        // Keys lie in no order of time. A range from one to be found on holds others to be found among those that are to stay: the fewer it
        // held, the fewer rows the next one reads.
        for (int at = 0, most = LeastRead; at < wanted.Count; )
        {
            var before = at;
            var range = new KeyRange(wanted[at], wanted[^1] + "!");
            var (rows, last) = await table.ReadEntitiesAsync(range, most, DeduplicationRows.EndColumns, cancellationToken);
            foreach (var row in rows)
            {
                if (ends.TryGetValue(row.RowKey, out var end) && DeduplicationRows.EndOf(row) <= end)
                    found.Add((row.RowKey, row.StoredETag()));
            }

            while (at < wanted.Count && (last is null || string.CompareOrdinal(wanted[at], last) <= 0))
                at++;
            most = at - before > most / 4 ? Math.Min(most * 4, ShardTable.MaxPageRows) : Math.Max(LeastRead, most / 4);
        }

        await RowRemoval.DeleteAsync(table, found);
    }
}

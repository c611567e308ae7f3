using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>Reads rows of a shard, as few requests as it takes, and keeps them in memory. Used by one loop at a time.</summary>
internal sealed class RowReader(ShardTable table, KnownShard known)
{
    /// <summary>Most rows read at once by their keys.</summary>
    public const int MaxParallel = 16;

    /// <summary>Most bytes of bodies read at once when some of them are only likely to be wanted.</summary>
    public const int MaxReadAheadBytes = 512 * 1024;

    private const int MaxRows = Flight.MaxRows;

    /// <summary>So many rows are worth a query, which costs more than a look at one row.</summary>
    private const int MinNeighbours = 3;

    /// <summary>Rows that a query may come by for each that is wanted.</summary>
    private const int RowsPerNeighbour = 3;

    /// <summary>Most bytes of bodies read at once.</summary>
    private const int MaxReadBytes = 3 * 1024 * 1024;

    /// <summary>Reads a row and keeps it in memory; what is not there is forgotten.</summary>
    public async Task<(BatchRow? Row, StorageFault? Fault)> ReadAsync(string key, bool withData)
    {
        try
        {
            var began = CachedRow.Stamp();
            var row = await table.ReadAsync(key, withData, CancellationToken.None);
            lock (known)
            {
                if (row is null)
                    known.Gone(key, began);
                else
                    row = known.Remember(row, began).Row;
            }

            return (row, null);
        }
        catch (StorageFaultException exception)
        {
            return (null, exception.Fault);
        }
    }

    /// <summary>
    /// Reads several rows, those with their bodies for which that is wanted, and keeps them in memory; what is not there is forgotten.
    /// </summary>
    public async Task<Dictionary<string, (BatchRow? Row, StorageFault? Fault)>> ReadAsync(IReadOnlyDictionary<string, bool> keys)
    {
        var read = await ReadNeighboursAsync([.. keys.Where(k => !k.Value).Select(k => k.Key)]);
        foreach (var chunk in keys.Where(k => !read.ContainsKey(k.Key)).Chunk(MaxParallel))
        {
            var found = await Task.WhenAll(chunk.Select(k => ReadAsync(k.Key, withData: k.Value)));
            for (var i = 0; i < chunk.Length; i++)
                read[chunk[i].Key] = found[i];
        }

        return read;
    }

    /// <summary>
    /// Reads several rows without their bodies by one query from the first to the last, and keeps them in memory. Those that lie too far
    /// apart for that are left out.
    /// </summary>
    private async Task<Dictionary<string, (BatchRow? Row, StorageFault? Fault)>> ReadNeighboursAsync(List<string> keys)
    {
        var read = new Dictionary<string, (BatchRow? Row, StorageFault? Fault)>(StringComparer.Ordinal);
        if (keys.Count < MinNeighbours)
            return read;
        keys.Sort(StringComparer.Ordinal);
        try
        {
            var began = CachedRow.Stamp();
            var page = await table.ReadPageAsync(
                new KeyRange(keys[0], keys[^1] + "!"),
                keys.Count * RowsPerNeighbour,
                withData: false,
                CancellationToken.None
            );
            var rows = page.Rows.ToDictionary(r => r.Key, StringComparer.Ordinal);
            foreach (var key in keys.Where(k => page.LastKey is null || string.CompareOrdinal(k, page.LastKey) <= 0))
            {
                if (rows.GetValueOrDefault(key) is not { } row)
                    known.Gone(key, began);
                else
                    rows[key] = known.Remember(row, began).Row;
                read[key] = (rows.GetValueOrDefault(key), null);
            }
        }
        catch (StorageFaultException exception)
        {
            foreach (var key in keys)
                read[key] = (null, exception.Fault);
        }

        return read;
    }

    /// <summary>
    /// Reads rows with their bodies and keeps them in memory: in one query when few others lie between them, else each by its key. Those
    /// that are gone are forgotten. Those beyond what is read at once are left out.
    /// </summary>
    /// <param name="ahead">Read, too, where it takes no more requests.</param>
    /// <param name="knownBetween">How many rows are known from one key to another, both included.</param>
    public async Task<Dictionary<string, BatchRow>> ReadBodiesAsync(
        List<string> keys,
        List<string> ahead,
        Func<string, string, int> knownBetween
    )
    {
        var read = new Dictionary<string, BatchRow>(StringComparer.Ordinal);
        if (keys.Count == 0)
            return read;
        List<string> all = [.. keys, .. ahead.Take(MaxRows - keys.Count)];
        if (!AreNeighbours(all) && ahead.Count > 0)
            all = keys;
        if (all.Count > 1 && AreNeighbours(all))
        {
            var (first, last) = (all.Min(StringComparer.Ordinal)!, all.Max(StringComparer.Ordinal)!);
            var began = CachedRow.Stamp();
            var page = await table.ReadPageAsync(new KeyRange(first, last + "!"), MaxRows, withData: true, CancellationToken.None);
            foreach (var row in page.Rows)
                read[row.Key] = known.Remember(row, began).Row;
            foreach (
                var key in all.Where(k => !read.ContainsKey(k) && (page.LastKey is null || string.CompareOrdinal(k, page.LastKey) <= 0))
            )
                known.Gone(key, began);
            return read;
        }

        foreach (var chunk in keys.Take(MaxRows).Chunk(MaxParallel))
        {
            foreach (var (row, fault) in await Task.WhenAll(chunk.Select(key => ReadAsync(key, withData: true))))
            {
                if (fault is { } happened)
                    throw new StorageFaultException(happened, new InvalidOperationException("A row could not be read."));
                if (row is not null)
                    read[row.Key] = row;
            }
        }

        return read;

        bool AreNeighbours(List<string> rows) =>
            knownBetween(rows.Min(StringComparer.Ordinal)!, rows.Max(StringComparer.Ordinal)!) <= rows.Count + (rows.Count / 4);
    }

    /// <summary>The keys of the first of these rows whose bodies are not too much to read at once.</summary>
    public static List<string> WithinBytes(IEnumerable<BatchRow> rows)
    {
        var bytes = 0;
        return [.. rows.TakeWhile((row, i) => (bytes += row.EncodedLength) <= MaxReadBytes || i == 0).Select(r => r.Key)];
    }
}

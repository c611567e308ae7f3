using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Payloads;

/// <summary>
/// Deletes the blobs of payload rows whose time has come: many blobs at a time, their rows together. An upload is condemned first, so that
/// none can still finish on a blob that goes.
/// </summary>
internal sealed class PayloadCollection(ShardTable table, string queueTable, PayloadStore payloads, TimeSpan uploadTimeout)
{
    private const int ParallelDeletes = 16;

    /// <summary>Collects what is due; how many payloads, and when the next is due.</summary>
    public async Task<(int Deleted, DateTimeOffset? NextDue)> CollectAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (deleted, next) = (0, (DateTimeOffset?)null);
        for (KeyRange? rest = RowKeys.Payloads; rest is { } part; )
        {
            var (entities, last) = await table.ReadEntitiesAsync(part, ShardTable.MaxPageRows, null, cancellationToken);
            var rows = entities.Select(PayloadRows.Read).ToLookup(row => row.DueAt <= now);
            var soonest = rows[false].Select(row => (DateTimeOffset?)row.DueAt).Min();
            next = next is null || soonest < next ? soonest ?? next : next;
            deleted += await CollectAsync([.. rows[true].Where(row => row.Condemned)], cancellationToken);
            deleted += await CondemnAsync([.. rows[true].Where(row => !row.Condemned)], now + uploadTimeout, cancellationToken);
            rest = last is null ? null : part.After(last);
        }

        return (deleted, next);
    }

    private async Task<int> CollectAsync(IReadOnlyList<PayloadRow> rows, CancellationToken cancellationToken)
    {
        await DeleteBlobsAsync(rows, cancellationToken);
        return await RowRemoval.DeleteAsync(table, rows.Select(row => (row.Key, row.ETag)));
    }

    /// <summary>An upload may go on: its blob is deleted now and, should it come back, once more at the given instant.</summary>
    private async Task<int> CondemnAsync(IReadOnlyList<PayloadRow> rows, DateTimeOffset againAt, CancellationToken cancellationToken)
    {
        var done = await RowRemoval.WriteAsync(table, [.. rows.Select(row => PayloadRows.CondemnUpload(table.Shard, row, againAt))]);
        var condemned = done.Select(change => change.Entity.RowKey).ToHashSet(StringComparer.Ordinal);
        await DeleteBlobsAsync(rows.Where(row => condemned.Contains(row.Key)), cancellationToken);
        return condemned.Count;
    }

    private Task DeleteBlobsAsync(IEnumerable<PayloadRow> rows, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(
            rows,
            new ParallelOptions { MaxDegreeOfParallelism = ParallelDeletes, CancellationToken = cancellationToken },
            async (row, token) => await payloads.DeleteAsync(queueTable, table.Shard, row.Payload, token)
        );
}

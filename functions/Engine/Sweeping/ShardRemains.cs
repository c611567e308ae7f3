using Azure;
using Azure.Data.Tables;
using FuncQueue.Engine.Groups;
using FuncQueue.Engine.Shards;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Sweeping;

/// <summary>What is left in a shard when there are no messages.</summary>
/// <param name="IsEmpty">
/// Whether it has no row but those that stay: a FIFO shard's head, the marks of flights, the open cursors of subscriptions.
/// </param>
/// <param name="Closed">Closed cursors, which go after a while: until then the shard is not empty.</param>
internal sealed record ShardRemains(bool IsEmpty, IReadOnlyList<(string Key, ETag ETag, DateTimeOffset EndsAt)> Closed)
{
    // One row more than can stay for good, but for cursors.
    private const int Most = FlightMark.MaxRows + 2;

    /// <summary>Looks at a shard: one request, and one more where cursors are many.</summary>
    public static async Task<ShardRemains> ReadAsync(ShardTable table, CancellationToken cancellationToken)
    {
        var (rows, last) = await table.ReadEntitiesAsync(new KeyRange("0", "~"), Most, FeedCursor.SmallColumns, cancellationToken);
        var closed = rows.Where(r => FeedCursor.EndsAt(r) is not null)
            .Select(r => (r.RowKey, r.StoredETag(), FeedCursor.EndsAt(r)!.Value))
            .ToList();
        if (rows.All(Stays) && last is not null && FeedCursor.IsCursor(last))
            (rows, last) = await table.ReadEntitiesAsync(
                new KeyRange(FeedCursor.Range.To, "~"),
                Most,
                FeedCursor.SmallColumns,
                cancellationToken
            );
        return new ShardRemains(last is null && rows.All(Stays), closed);

        static bool Stays(TableEntity row) =>
            row.RowKey == SequenceHead.RowKey
            || FlightMark.IsMark(row.RowKey)
            || (FeedCursor.IsCursor(row.RowKey) && FeedCursor.EndsAt(row) is null);
    }

    /// <summary>Removes the closed cursors whose time has come; when that of the next one comes, or null.</summary>
    public async Task<DateTimeOffset?> RemoveClosedAsync(ShardTable table, DateTimeOffset now)
    {
        var due = Closed.Where(c => c.EndsAt <= now).Select(c => (c.Key, c.ETag)).ToList();
        if (due.Count > 0)
            await RowRemoval.DeleteAsync(table, due);
        return due.Count < Closed.Count ? Closed.Where(c => c.EndsAt > now).Min(c => c.EndsAt)
            : due.Count > 0 ? now
            : null;
    }
}

using System.Buffers;
using Azure;
using Azure.Data.Tables;
using FuncQueue.Engine.Deduplication;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Topics.Log;

/// <summary>
/// <c>k{key}</c> in a partition of a topic: what a deduplication key stands for, and until when; <c>x{expiry}…</c>: keys that end then, as
/// in queues. Both are written with the records, in one transaction.
/// </summary>
internal static class AppendKeyRows
{
    private const string OffsetColumn = "Offset";
    private const string PublishedColumn = "PublishedAt";
    private const string MatchedColumn = "Matched";

    public static void Remember(
        Transaction transaction,
        int partition,
        Placement placement,
        IRoutes routes,
        DateTimeOffset publishedAt,
        Guid append,
        EndedKeys ended
    )
    {
        var byEnd = new Dictionary<DateTimeOffset, List<DeduplicationKey>>();
        foreach (var (pending, first) in placement.Placed)
        {
            if (pending.Key is not { } key)
                continue;
            var end = publishedAt + pending.KeyWindow;
            if (!byEnd.TryGetValue(end, out var keys))
                byEnd.Add(end, keys = []);
            keys.Add(key);
            transaction.Add(new AppendPlan.Remembering(), Row(partition, key, pending, first, routes, publishedAt, end, ended[key]));
        }

        foreach (var (end, keys) in byEnd)
            transaction.Add(AppendPlan.RowInsert.Owner, DeduplicationRows.List(partition, append.ToString("N"), end, keys));
    }

    /// <summary>What a key stands for; <see cref="UnsupportedFormatException"/> for a row that this version cannot read.</summary>
    public static (Appended Stands, DateTimeOffset ExpiresAt) Read(TableEntity entity)
    {
        if (
            entity.GetInt64(OffsetColumn) is not { } first
            || entity.GetDateTimeOffset(PublishedColumn) is not { } publishedAt
            || entity.Column<byte[]>(MatchedColumn) is not { } packed
        )
            throw new UnsupportedFormatException($"The row {entity.RowKey} does not say what its key stands for.");
        var matched = new List<int>();
        for (ReadOnlyMemory<byte> bytes = packed; !bytes.IsEmpty; )
            matched.Add(ByteFields.ReadNumber(ref bytes, int.MaxValue));
        return (new Appended(first, publishedAt, matched, IsDuplicate: true), DeduplicationRows.EndOf(entity));
    }

    private static TableTransactionAction Row(
        int partition,
        DeduplicationKey key,
        PendingAppend pending,
        long first,
        IRoutes routes,
        DateTimeOffset publishedAt,
        DateTimeOffset expiresAt,
        ETag? instead
    )
    {
        var matched = new ArrayBufferWriter<byte>();
        foreach (var record in pending.Records)
            ByteFields.WriteNumber(matched, (ulong)record.RoutedBy(routes).Count);
        var entity = new TableEntity(RowKeys.Partition(partition), DeduplicationRows.RowKey(key))
        {
            [OffsetColumn] = first,
            [PublishedColumn] = publishedAt,
            [MatchedColumn] = matched.WrittenSpan.ToArray(),
            [DeduplicationRows.ExpiresAt] = expiresAt,
        };
        return instead is { } etag
            ? new TableTransactionAction(TableTransactionActionType.UpdateReplace, entity, etag)
            : new TableTransactionAction(TableTransactionActionType.Add, entity);
    }
}

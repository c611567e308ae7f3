using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Transfers;

/// <summary>Where a transfer comes from: a shard, and the keys of its dead letters.</summary>
internal sealed record TransferSource(string Queue, string Table, int Shard, IReadOnlyList<string> Keys);

/// <summary>
/// <c>t{transfer}</c>, in the shard that the messages go to. Inserted open before anything else; closed, If-Match, by the transaction that
/// inserts the messages, so they arrive once; removed when they are gone from where they came from.
/// </summary>
internal sealed record TransferRow(Guid Id, bool IsClosed, TransferSource Source, DateTimeOffset DueAt, ETag ETag)
{
    private const string Closed = "Closed";
    private const string From = "Source";
    private const string Due = "DueAt";

    /// <summary>The transfers into a shard.</summary>
    public static readonly KeyRange Range = new("t", "u");

    public string Key => RowKeyOf(Id);

    public static string RowKeyOf(Guid id) => $"t{id:N}";

    public static TableTransactionAction Open(int shard, Guid id, TransferSource source, DateTimeOffset dueAt) =>
        new(TableTransactionActionType.Add, Entity(shard, id, source, dueAt, closed: false));

    public TableTransactionAction Close(int shard) =>
        new(TableTransactionActionType.UpdateReplace, Entity(shard, Id, Source, DueAt, closed: true), ETag);

    public static TransferRow Read(TableEntity entity) => new(
        Guid.ParseExact(entity.RowKey.AsSpan(1), "N"),
        entity.GetBoolean(Closed) ?? false,
        JsonSerializer.Deserialize(entity.GetString(From), TransferJson.Default.TransferSource) ?? throw new UnsupportedFormatException($"The transfer {entity.RowKey} has no source."),
        entity.GetDateTimeOffset(Due) ?? DateTimeOffset.MaxValue,
        entity.StoredETag());

    private static TableEntity Entity(int shard, Guid id, TransferSource source, DateTimeOffset dueAt, bool closed) => new(RowKeys.Partition(shard), RowKeyOf(id))
    {
        [Closed] = closed,
        [From] = JsonSerializer.Serialize(source, TransferJson.Default.TransferSource),
        [Due] = dueAt,
    };
}

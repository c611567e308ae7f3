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
    private const string ArrivedAs = "Arrived";
    private const string EditedLength = "EditedLength";
    private const string EditedBody = "EditedBody";
    private const string EditedPayload = "EditedPayload";

    /// <summary>The transfers into a shard.</summary>
    public static readonly KeyRange Range = new("t", "u");

    /// <summary>As what its one message is to arrive; null: as what it is, or it has arrived.</summary>
    public MessageEdit? Edit { get; private init; }

    /// <summary>Of a closed one: the ids of its messages; empty where an earlier version has closed it.</summary>
    public IReadOnlyList<MessageId> Arrived { get; private init; } = [];

    public string Key => RowKeyOf(Id);

    public static string RowKeyOf(Guid id) => $"t{id:N}";

    public static TableTransactionAction Open(int shard, Guid id, TransferSource source, MessageEdit? edit, DateTimeOffset dueAt)
    {
        var entity = Entity(shard, id, source, dueAt, closed: false);
        if (edit is not null)
        {
            entity[EditedLength] = edit.BodyLength;
            entity[EditedBody] = edit.ReplacesBody;
            entity[EditedPayload] = edit.Payload;
            RowData.Write(entity, edit.Encoded);
        }

        return new TableTransactionAction(TableTransactionActionType.Add, entity);
    }

    /// <param name="arrived">The ids of the messages that are inserted with it.</param>
    public TableTransactionAction Close(int shard, IEnumerable<MessageId> arrived)
    {
        var entity = Entity(shard, Id, Source, DueAt, closed: true);
        entity[ArrivedAs] = string.Join(',', arrived);
        return new TableTransactionAction(TableTransactionActionType.UpdateReplace, entity, ETag);
    }

    public static TransferRow Read(TableEntity entity) =>
        new(
            Guid.ParseExact(entity.RowKey.AsSpan(1), "N"),
            entity.GetBoolean(Closed) ?? false,
            JsonSerializer.Deserialize(entity.GetString(From), TransferJson.Default.TransferSource)
                ?? throw new UnsupportedFormatException($"The transfer {entity.RowKey} has no source."),
            entity.GetDateTimeOffset(Due) ?? DateTimeOffset.MaxValue,
            entity.StoredETag()
        )
        {
            Edit = entity.GetInt64(EditedLength) is { } length
                ? new MessageEdit(RowData.Read(entity), length, entity.GetBoolean(EditedBody) ?? false, entity.GetGuid(EditedPayload))
                : null,
            Arrived =
            [
                .. (entity.GetString(ArrivedAs) ?? "")
                    .Split(',', StringSplitOptions.RemoveEmptyEntries)
                    .Select(text =>
                        MessageId.TryParse(text, out var id)
                            ? id
                            : throw new UnsupportedFormatException($"The transfer {entity.RowKey} has arrived as {text}.")
                    ),
            ],
        };

    private static TableEntity Entity(int shard, Guid id, TransferSource source, DateTimeOffset dueAt, bool closed) =>
        new(RowKeys.Partition(shard), RowKeyOf(id))
        {
            [Closed] = closed,
            [From] = JsonSerializer.Serialize(source, TransferJson.Default.TransferSource),
            [Due] = dueAt,
        };
}

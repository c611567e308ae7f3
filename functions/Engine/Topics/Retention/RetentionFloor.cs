using Azure;
using Azure.Data.Tables;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Topics.Retention;

/// <summary>
/// <c>b</c>: below which offset records of a partition may be gone. Never back. It rises before anything is removed: who begins to need
/// records below it finds so, because he writes his cursor before he reads this.
/// </summary>
/// <param name="ETag">Default: there is no row yet.</param>
internal sealed record RetentionFloor(long Offset, ETag ETag)
{
    public const string RowKey = "b";

    private const int Format = 1;
    private const string FormatColumn = "Format";
    private const string OffsetColumn = "Offset";

    public static readonly RetentionFloor None = new(0, default);

    /// <summary>The floor of a partition as it is now.</summary>
    public static async Task<RetentionFloor> ReadAsync(ShardTable table, CancellationToken cancellationToken)
    {
        if (await table.ReadEntityAsync(RowKey, null, cancellationToken) is not { } entity)
            return None;
        return entity.GetInt32(FormatColumn) is Format && entity.GetInt64(OffsetColumn) is { } offset
            ? new RetentionFloor(offset, entity.StoredETag())
            : throw new UnsupportedFormatException("The floor of a partition is of another form.");
    }

    /// <summary>The operation that raises it, if it is as it was read.</summary>
    public TableTransactionAction RaiseTo(int partition, long offset)
    {
        var entity = new TableEntity(RowKeys.Partition(partition), RowKey) { [FormatColumn] = Format, [OffsetColumn] = offset };
        return ETag == default
            ? new TableTransactionAction(TableTransactionActionType.Add, entity)
            : new TableTransactionAction(TableTransactionActionType.UpdateMerge, entity, ETag);
    }
}

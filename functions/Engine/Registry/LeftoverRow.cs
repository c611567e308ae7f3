using Azure;
using Azure.Data.Tables;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Registry;

/// <summary><c>g:{table}</c>: accounts for a table that is no queue's, because it is being made or its queue was deleted.</summary>
/// <param name="DueAt">From when on a sweep removes the table.</param>
/// <param name="Queue">The deleted queue that it was of; null: it was made for a queue that was not there yet.</param>
/// <param name="Row">The key of a registry row that goes with the table, if it still says that what it tells of is being deleted.</param>
/// <param name="IsCondemned">A sweep removes it: it becomes no queue's table any more.</param>
internal sealed record LeftoverRow(
    QueuePlace Place,
    DateTimeOffset DueAt,
    string? Queue,
    DateTimeOffset? DeletedAt,
    bool IsCondemned,
    string? Row,
    ETag ETag
)
{
    private const string Due = "DueAt";
    private const string Of = "Queue";
    private const string Deleted = "DeletedAt";
    private const string Condemned = "Condemned";
    private const string RowColumn = "Row";

    private string Key => RegistryKeys.Leftover(Place.Table);

    /// <summary>Accounts for the table of a queue that is about to be there.</summary>
    public static TableTransactionAction OfNew(QueuePlace place, DateTimeOffset dueAt) => Write(place, dueAt, null, null);

    /// <summary>Accounts for the table of a queue that is deleted now.</summary>
    public static TableTransactionAction OfDeleted(QueuePlace place, DateTimeOffset dueAt, QueueName queue, DateTimeOffset now) =>
        Write(place, dueAt, queue, now);

    /// <summary>Accounts for the table of something that is deleted, and for its row in the registry.</summary>
    public static TableTransactionAction OfDeletedRow(QueuePlace place, DateTimeOffset dueAt, string row)
    {
        var write = Write(place, dueAt, null, null);
        ((TableEntity)write.Entity)[RowColumn] = row;
        return write;
    }

    /// <summary>The table becomes a queue's, unless a sweep has condemned it.</summary>
    public static TableTransactionAction Adopt(string table, ETag etag) =>
        new(TableTransactionActionType.Delete, new TableEntity(RegistryKeys.Partition, RegistryKeys.Leftover(table)), etag);

    /// <summary>The row; null for one that this version cannot read.</summary>
    public static LeftoverRow? Read(TableEntity row) =>
        row.GetString("Table") is null || row.GetDateTimeOffset(Due) is not { } due
            ? null
            : new LeftoverRow(
                QueuePlace.Read(row),
                due,
                row.GetString(Of),
                row.GetDateTimeOffset(Deleted),
                row.GetBoolean(Condemned) ?? false,
                row.GetString(RowColumn),
                row.StoredETag()
            );

    /// <summary>The table becomes nobody's, unless it has become a queue's.</summary>
    public TableTransactionAction Condemn() =>
        new(TableTransactionActionType.UpdateMerge, new TableEntity(RegistryKeys.Partition, Key) { [Condemned] = true }, ETag);

    /// <summary>Nothing is left to account for.</summary>
    public TableTransactionAction Remove() =>
        new(TableTransactionActionType.Delete, new TableEntity(RegistryKeys.Partition, Key), ETag.All);

    private static TableTransactionAction Write(QueuePlace place, DateTimeOffset dueAt, QueueName? queue, DateTimeOffset? deletedAt) =>
        new(
            TableTransactionActionType.UpsertReplace,
            place.Write(
                new TableEntity(RegistryKeys.Partition, RegistryKeys.Leftover(place.Table))
                {
                    [Due] = dueAt,
                    [Of] = queue?.Value,
                    [Deleted] = deletedAt,
                }
            )
        );
}

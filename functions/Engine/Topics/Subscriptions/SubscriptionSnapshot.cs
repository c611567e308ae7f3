using Azure;
using Azure.Data.Tables;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics.Registry;

namespace FuncQueue.Engine.Topics.Subscriptions;

/// <summary>The subscriptions of a topic as they were at one instant.</summary>
/// <param name="Version">Rises with each change of what is routed to whom; 0: there never was a subscription.</param>
/// <param name="NextNumber">Of the next subscription.</param>
/// <param name="ETag">Of the row that has the version, with which every subscription changes; default: there is none.</param>
internal sealed record SubscriptionSnapshot(string TopicTable, long Version, int NextNumber, ETag ETag, IReadOnlyList<SubscriptionRow> Rows)
{
    private const string VersionColumn = "Version";
    private const string NextColumn = "NextNumber";

    public SubscriptionRow? Find(string name) => Rows.FirstOrDefault(r => r.Name == name);

    /// <summary>The operation that ends this snapshot: each change of a subscription goes with one.</summary>
    public TableTransactionAction Next(long version, int nextNumber)
    {
        var entity = new TableEntity(TopicKeys.Partition, TopicKeys.Version(TopicTable))
        {
            [VersionColumn] = version,
            [NextColumn] = nextNumber,
        };
        return ETag == default
            ? new TableTransactionAction(TableTransactionActionType.Add, entity)
            : new TableTransactionAction(TableTransactionActionType.UpdateReplace, entity, ETag);
    }

    public static (long Version, int NextNumber, ETag ETag) ReadVersion(TableEntity? entity)
    {
        if (entity is null)
            return (0, 0, default);
        if (entity.GetInt64(VersionColumn) is not { } version || entity.GetInt32(NextColumn) is not { } next)
            throw new UnsupportedFormatException($"The row {entity.RowKey} is of a later version, or damaged.");
        return (version, next, entity.StoredETag());
    }
}

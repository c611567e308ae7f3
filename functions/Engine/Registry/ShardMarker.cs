using Azure;
using Azure.Data.Tables;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Registry;

/// <summary>
/// The registry's note about a shard: when a process last said that it writes there, and, once it has been quiet, from when on a
/// sweep of each kind may find something to do.
/// </summary>
internal sealed record ShardMarker(
    QueueName Queue,
    string Table,
    int Shard,
    DateTimeOffset TouchedAt,
    IReadOnlyDictionary<SweepScope, DateTimeOffset> DueAt,
    ETag ETag
)
{
    private static readonly SweepScope[] Scopes = [SweepScope.ExpiredLeases, SweepScope.Poison, SweepScope.Storage];

    /// <summary>Later than any instant that matters, and one that Table Storage can hold.</summary>
    public static readonly DateTimeOffset Never = new(9999, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The first instant that Table Storage can hold.</summary>
    private static readonly DateTimeOffset Earliest = new(1601, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public bool IsDue(SweepScope scope, DateTimeOffset now) =>
        Array.Exists(Scopes, s => scope.HasFlag(s) && (!DueAt.TryGetValue(s, out var due) || due <= now));

    /// <summary>A mark by a writer: everything noted before is void.</summary>
    public static TableEntity Touched(QueueName queue, string table, int shard, DateTimeOffset now) =>
        new(RegistryKeys.Partition, RegistryKeys.Active(table, shard))
        {
            ["Queue"] = queue.Value,
            ["Table"] = table,
            ["Shard"] = shard,
            ["TouchedAt"] = now,
        };

    /// <summary>Notes from when on there may be something to do; only if no writer has marked the shard meanwhile.</summary>
    public TableTransactionAction Note(IReadOnlyDictionary<SweepScope, DateTimeOffset> due)
    {
        var entity = new TableEntity(RegistryKeys.Partition, RegistryKeys.Active(Table, Shard));
        foreach (var (scope, at) in due)
            entity[Column(scope)] =
                at < Earliest ? Earliest
                : at < Never ? at
                : Never;
        return new TableTransactionAction(TableTransactionActionType.UpdateMerge, entity, ETag);
    }

    /// <summary>Forgets the shard; only if no writer has marked it meanwhile.</summary>
    public TableTransactionAction Retire() =>
        new(TableTransactionActionType.Delete, new TableEntity(RegistryKeys.Partition, RegistryKeys.Active(Table, Shard)), ETag);

    /// <summary>The marker; null for a row that is none, or one of a later version.</summary>
    public static ShardMarker? Read(TableEntity entity)
    {
        if (!QueueName.TryParse(entity.GetString("Queue"), out var queue) || entity.GetString("Table") is not { } table)
            return null;
        var due = new Dictionary<SweepScope, DateTimeOffset>();
        foreach (var scope in Scopes)
        {
            if (entity.GetDateTimeOffset(Column(scope)) is { } at)
                due[scope] = at;
        }

        return new ShardMarker(
            queue,
            table,
            entity.GetInt32("Shard") ?? 0,
            entity.GetDateTimeOffset("TouchedAt") ?? DateTimeOffset.MinValue,
            due,
            entity.StoredETag()
        );
    }

    private static string Column(SweepScope scope) => $"{scope}DueAt";
}

using System.Security.Cryptography;
using Azure;
using Azure.Data.Tables;
using FuncQueue.Engine.Groups;
using FuncQueue.Engine.Registry;
using FuncQueue.Engine.Shards;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics.Filters;
using FuncQueue.Engine.Topics.Registry;

namespace FuncQueue.Engine.Topics.Subscriptions;

/// <summary><c>s:{topic table}:{name}</c>: a subscription of a topic's generation.</summary>
internal sealed record SubscriptionRow
{
    /// <summary>The name of the subscription that takes what no other does, which no caller can give.</summary>
    public const string AlternateName = "$alternate";

    private const int Format = 1;
    private const string StampColumn = "StampAs";

    private static readonly Dictionary<string, string> NoAnnotations = [];

    /// <summary>Of the topic's generation.</summary>
    public required string TopicTable { get; init; }

    public required string Name { get; init; }

    /// <summary>What lists of records call it; never reused in the topic.</summary>
    public required int Number { get; init; }

    /// <summary>What cursors call it; by chance, never reused.</summary>
    public required ulong Id { get; init; }

    public required SubscriptionState State { get; init; }

    public required SubscriptionTarget Target { get; init; }

    /// <summary>The target's generation.</summary>
    public required string TargetTable { get; init; }

    /// <summary>The shards that the target was created with, or its partitions.</summary>
    public required int TargetShards { get; init; }

    /// <summary>Whether each record has a group there, or a key: the target is a FIFO queue, or a topic that wants keys.</summary>
    public required bool IsOrdered { get; init; }

    public required string GroupId { get; init; }

    /// <summary>Null: they are of a later version.</summary>
    public required SubscriptionFilters? Filters { get; init; }

    /// <summary>The attribute in which each message tells of its record; null: in none.</summary>
    public string? StampAs { get; init; }

    public IReadOnlyDictionary<string, string> Annotations { get; init; } = NoAnnotations;

    /// <summary>The version of the topic's subscriptions with which it became active; 0: it has not.</summary>
    public long Since { get; init; }

    /// <summary>The version with which it ceased to be; null: it has not.</summary>
    public long? Until { get; init; }

    /// <summary>Of one that is closing: what has not arrived yet does not.</summary>
    public bool Drops { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ChangedAt { get; init; }

    public required string Revision { get; init; }

    public ETag ETag { get; init; }

    public bool IsAlternate => Name == AlternateName;

    public string Key => TopicKeys.Subscription(TopicTable, Name);

    /// <summary>The row that says that the target is subscribed to the topic.</summary>
    public string TargetKey => TopicKeys.Target(TargetTable, IsAlternate ? $"{TopicTable}:{AlternateName}" : TopicTable);

    public static string NewRevision() => RandomNumberGenerator.GetHexString(16, lowercase: true);

    public static ulong NewId() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));

    /// <summary>Whether a partition is taken into all shards of the target, each record into that of its group or key.</summary>
    public bool IsSpread => IsOrdered || Target.Topic is not null;

    /// <summary>The shards of the target in which a partition has cursors.</summary>
    public IEnumerable<int> ShardsOf(int partition) => IsSpread ? Enumerable.Range(0, TargetShards) : [HomeOf(partition)];

    /// <summary>The shard that takes a record of a partition: one without a group goes where its partition is at home.</summary>
    public int ShardOf(int partition, string? key) =>
        IsSpread && (key ?? (IsOrdered ? GroupId : null)) is { } group
            ? (int)(GroupHash.Of(group) % (uint)TargetShards)
            : HomeOf(partition);

    public string CursorKeyOf(int partition) => FeedCursor.KeyOf(Id, partition);

    /// <summary>Whether it takes a record that lists the subscriptions that take it.</summary>
    /// <param name="version">Of the subscriptions that the record was routed by.</param>
    public bool IsListed(Records.SubscriptionSet set, long version) =>
        IsAlternate ? set.Count == 0 && version >= Since && !(version >= Until) : set.Contains(Number);

    public SubscriptionInfo ToInfo(TopicName topic) =>
        new()
        {
            Topic = topic,
            Name = QueueName.TryParse(Name, out var name) ? name : throw new InvalidOperationException("It has no name for callers."),
            Target = Target,
            Filters = Filters ?? SubscriptionFilters.None,
            GroupId = GroupId,
            StampAs = StampAs,
            Annotations = Annotations,
            CreatedAt = CreatedAt,
            ChangedAt = ChangedAt,
            ETag = Revision,
        };

    public TableTransactionAction Insert() => new(TableTransactionActionType.Add, ToEntity());

    /// <summary>The operation that puts its state, as this says, in the place of the row's.</summary>
    public TableTransactionAction WriteState() =>
        Merge(
            new TableEntity(TopicKeys.Partition, Key)
            {
                ["State"] = (int)State,
                ["Since"] = Since,
                ["Until"] = Until,
                ["Drops"] = Drops,
            }
        );

    /// <summary>The operation that puts its filters, and what else can change of it, in the place of the row's.</summary>
    public TableTransactionAction WriteFilters() =>
        Merge(
            new TableEntity(TopicKeys.Partition, Key)
            {
                ["Filters"] = StoredFilters.Write(Filters!),
                // A merge leaves alone what it is told nothing of: so what has ended is emptied.
                [StampColumn] = StampAs ?? "",
                [AnnotationColumn.Name] = AnnotationColumn.Write(Annotations) ?? "",
                ["ChangedAt"] = ChangedAt,
                ["Revision"] = Revision,
            }
        );

    private TableTransactionAction Merge(TableEntity changed) => new(TableTransactionActionType.UpdateMerge, changed, ETag);

    public TableTransactionAction Remove() => new(TableTransactionActionType.Delete, new TableEntity(TopicKeys.Partition, Key), ETag);

    public TableTransactionAction InsertTarget(TopicName topic) =>
        new(
            TableTransactionActionType.Add,
            new TableEntity(TopicKeys.Partition, TargetKey) { ["Topic"] = topic.Value, ["Subscription"] = Name }
        );

    public TableTransactionAction RemoveTarget() =>
        new(TableTransactionActionType.Delete, new TableEntity(TopicKeys.Partition, TargetKey), ETag.All);

    /// <summary>The row; <see cref="UnsupportedFormatException"/> for one that this version cannot read.</summary>
    public static SubscriptionRow Read(TableEntity entity)
    {
        var key = entity.RowKey.Split(':', 3);
        if (
            entity.GetInt32("Format") is not Format
            || entity.GetInt32("Number") is not { } number
            || entity.GetInt64("Id") is not { } id
            || entity.GetInt32("State") is not (>= 1 and <= 3 and var state)
            || entity.GetString("TargetTable") is not { } targetTable
            || entity.GetInt32("TargetShards") is not { } shards
            || ReadTarget(entity) is not { } target
            || entity.GetDateTimeOffset("CreatedAt") is not { } createdAt
        )
            throw new UnsupportedFormatException($"The subscription {entity.RowKey} is of a later version, or damaged.");
        return new SubscriptionRow
        {
            TopicTable = key[1],
            Name = key[2],
            Number = number,
            Id = unchecked((ulong)id),
            State = (SubscriptionState)state,
            Target = target,
            TargetTable = targetTable,
            TargetShards = shards,
            IsOrdered = entity.GetBoolean("Ordered") ?? false,
            GroupId = entity.GetString("GroupId") ?? key[2],
            Filters = ReadFilters(entity),
            StampAs = entity.GetString(StampColumn) is { Length: > 0 } stamp ? stamp : null,
            Annotations = AnnotationColumn.Read(entity),
            Since = entity.GetInt64("Since") ?? 0,
            Until = entity.GetInt64("Until"),
            Drops = entity.GetBoolean("Drops") ?? false,
            CreatedAt = createdAt,
            ChangedAt = entity.GetDateTimeOffset("ChangedAt") ?? createdAt,
            Revision = entity.GetString("Revision") ?? "",
            ETag = entity.StoredETag(),
        };
    }

    private static SubscriptionTarget? ReadTarget(TableEntity entity) =>
        QueueName.TryParse(entity.GetString("Queue"), out var queue) ? SubscriptionTarget.To(queue)
        : TopicName.TryParse(entity.GetString("Topic"), out var topic) ? SubscriptionTarget.To(topic)
        : null;

    private static SubscriptionFilters? ReadFilters(TableEntity entity) =>
        StoredFilters.Read(entity.GetBinary("Filters") ?? []) switch
        {
            StoredFilters.Known(var filters) => filters,
            StoredFilters.Newer => null,
            StoredFilters.Damaged(var why) => throw new UnsupportedFormatException($"The filters of {entity.RowKey}: {why}"),
            _ => throw new InvalidOperationException("Unknown stored filters."),
        };

    private TableEntity ToEntity() =>
        new(TopicKeys.Partition, Key)
        {
            ["Format"] = Format,
            ["Number"] = Number,
            ["Id"] = unchecked((long)Id),
            ["State"] = (int)State,
            ["Queue"] = Target.Queue?.Value,
            ["Topic"] = Target.Topic?.Value,
            ["TargetTable"] = TargetTable,
            ["TargetShards"] = TargetShards,
            ["Ordered"] = IsOrdered,
            ["GroupId"] = GroupId,
            ["Filters"] = StoredFilters.Write(Filters!),
            [StampColumn] = StampAs,
            [AnnotationColumn.Name] = AnnotationColumn.Write(Annotations),
            ["Since"] = Since,
            ["Until"] = Until,
            ["Drops"] = Drops,
            ["CreatedAt"] = CreatedAt,
            ["ChangedAt"] = ChangedAt,
            ["Revision"] = Revision,
        };

    /// <summary>Where a partition is at home: spread over its shards, and not the same for each subscription.</summary>
    private int HomeOf(int partition) => (int)((Id + ((ulong)partition * 0x9E37_79B9UL)) % (uint)TargetShards);
}

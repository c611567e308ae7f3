using Azure;
using Azure.Data.Tables;
using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>
/// <c>f{subscription}{partition}</c>: up to where a subscription has taken the records of a topic's partition into this shard. It moves
/// If-Match in the transaction that inserts the messages, so each record arrives once, whoever forwards it and however often.
/// </summary>
internal sealed record FeedCursor
{
    private const string NextColumn = "Next";
    private const string JudgeColumn = "Judge";
    private const string ClosedColumn = "Closed";
    private const string ClosedAtColumn = "ClosedAt";
    private const string WriterColumn = "Writer";
    private const string FormatColumn = "Format";
    private const int Format = 1;

    /// <summary>What to select to learn which cursors are closed.</summary>
    public static readonly string[] SmallColumns = ["RowKey", ClosedAtColumn];

    /// <summary>How long a closed cursor stays: a late insert of an open one in its place fails.</summary>
    public static readonly TimeSpan ClosedTime = TimeSpan.FromHours(1);

    /// <summary>The cursors of a shard.</summary>
    public static readonly KeyRange Range = new("f", "g");

    public required string Key { get; init; }

    /// <summary>The offset of the next record to take.</summary>
    public required long Next { get; init; }

    /// <summary>Records that were routed by an older version of the subscriptions are judged by the present filters.</summary>
    public required long Judge { get; init; }

    /// <summary>Since when nothing is taken any more; null: it is open.</summary>
    public DateTimeOffset? ClosedAt { get; init; }

    public bool IsClosed => ClosedAt is not null;

    /// <summary>Names the transaction that wrote it.</summary>
    public required Guid Writer { get; init; }

    /// <summary>Default: it is not stored yet.</summary>
    public ETag ETag { get; init; }

    public static string KeyOf(ulong subscription, int partition) => string.Create(null, $"f{subscription:x16}{partition:x2}");

    public static bool IsCursor(string key) => Range.Contains(key);

    /// <summary>The row of a cursor that is made, or put in place of whatever is there.</summary>
    public TableEntity ToEntity(int shard) =>
        new(RowKeys.Partition(shard), Key)
        {
            [FormatColumn] = Format,
            [NextColumn] = Next,
            [JudgeColumn] = Judge,
            [ClosedColumn] = IsClosed,
            [ClosedAtColumn] = ClosedAt,
            [WriterColumn] = Writer,
        };

    /// <summary>The operation that moves it, if it is as it was read.</summary>
    /// <param name="writer">Names the transaction; another one for each that is sent.</param>
    public TableTransactionAction MoveTo(int shard, long next, Guid writer) =>
        new(
            TableTransactionActionType.UpdateMerge,
            new TableEntity(RowKeys.Partition(shard), Key) { [NextColumn] = next, [WriterColumn] = writer },
            ETag
        );

    /// <summary>What the row as it is now says of a transaction that was to move this cursor.</summary>
    /// <param name="writer">The name of that transaction.</param>
    public Sight See(TableEntity? now, Guid writer) =>
        now?.GetGuid(WriterColumn) == writer ? Sight.Ours
        : now?.StoredETag() == ETag ? Sight.Untouched
        : Sight.Changed;

    /// <summary>When the row of a closed cursor can go; null: it is none.</summary>
    public static DateTimeOffset? EndsAt(TableEntity entity) =>
        IsCursor(entity.RowKey) && entity.GetDateTimeOffset(ClosedAtColumn) is { } at ? at + ClosedTime : null;

    public static FeedCursor Read(TableEntity entity) =>
        entity.GetInt32(FormatColumn) is Format
        && entity.GetInt64(NextColumn) is { } next
        && entity.GetInt64(JudgeColumn) is { } judge
        && entity.GetBoolean(ClosedColumn) is { } closed
        && entity.GetGuid(WriterColumn) is { } writer
            ? new FeedCursor
            {
                Key = entity.RowKey,
                Next = next,
                Judge = judge,
                ClosedAt = closed ? entity.GetDateTimeOffset(ClosedAtColumn) ?? DateTimeOffset.MinValue : null,
                Writer = writer,
                ETag = entity.StoredETag(),
            }
            : throw new UnsupportedFormatException($"The cursor {entity.RowKey} is of a later version, or damaged.");
}

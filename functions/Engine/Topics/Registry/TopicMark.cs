using Azure;
using Azure.Data.Tables;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Topics.Registry;

/// <summary>
/// <c>l:{topic table}</c>: the registry's note that something is stored in a topic: when a process last said so, and, once the topic has
/// been quiet, from when on there is something to remove, or to forward. A topic without a mark costs nothing.
/// </summary>
/// <param name="RetentionDueAt">Null: to be looked at now.</param>
/// <param name="ForwardingDueAt">Null: to be looked at now.</param>
internal sealed record TopicMark(
    TopicName Topic,
    string Table,
    DateTimeOffset TouchedAt,
    DateTimeOffset? RetentionDueAt,
    DateTimeOffset? ForwardingDueAt,
    ETag ETag
)
{
    /// <summary>Later than any instant that matters, and one that Table Storage can hold.</summary>
    public static readonly DateTimeOffset Never = new(9999, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private const string TopicColumn = "Topic";
    private const string TableColumn = "Table";
    private const string TouchedColumn = "TouchedAt";
    private const string RetentionColumn = "RetentionDueAt";
    private const string ForwardingColumn = "ForwardingDueAt";

    /// <summary>Whether nothing is left to do.</summary>
    public bool IsOver => RetentionDueAt >= Never && ForwardingDueAt >= Never;

    /// <summary>Something is stored: all that was noted before is void.</summary>
    public static TableTransactionAction Touch(TopicRecord topic, DateTimeOffset now) =>
        new(
            TableTransactionActionType.UpsertReplace,
            new TableEntity(TopicKeys.Partition, TopicKeys.Mark(topic.Table))
            {
                [TopicColumn] = topic.Name.Value,
                [TableColumn] = topic.Table,
                [TouchedColumn] = now,
            }
        );

    /// <summary>Notes from when on there is something to remove; only if nobody has touched the mark meanwhile.</summary>
    public TableTransactionAction NoteRetention(DateTimeOffset? due) => Note(RetentionColumn, due);

    /// <summary>Notes from when on there is something to forward; only if nobody has touched the mark meanwhile.</summary>
    public TableTransactionAction NoteForwarding(DateTimeOffset? due) => Note(ForwardingColumn, due);

    /// <summary>Forgets the topic; only if nobody has touched the mark meanwhile.</summary>
    public TableTransactionAction Retire() =>
        new(TableTransactionActionType.Delete, new TableEntity(TopicKeys.Partition, TopicKeys.Mark(Table)), ETag);

    /// <summary>The mark; null for a row that is none, or one of a later version.</summary>
    public static TopicMark? Read(TableEntity entity) =>
        TopicName.TryParse(entity.GetString(TopicColumn), out var topic)
        && entity.GetString(TableColumn) is { } table
        && entity.GetDateTimeOffset(TouchedColumn) is { } touchedAt
            ? new TopicMark(
                topic,
                table,
                touchedAt,
                entity.GetDateTimeOffset(RetentionColumn),
                entity.GetDateTimeOffset(ForwardingColumn),
                entity.StoredETag()
            )
            : null;

    private TableTransactionAction Note(string column, DateTimeOffset? due) =>
        new(
            TableTransactionActionType.UpdateMerge,
            new TableEntity(TopicKeys.Partition, TopicKeys.Mark(Table)) { [column] = due is { } at && at < Never ? at : Never },
            ETag
        );
}

using Azure;
using Azure.Data.Tables;
using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Topics.Log;

/// <summary>
/// <c>h</c>: the head of a partition, which every append replaces, If-Match, in the transaction that inserts the records: so offsets are
/// dense, in the order of the commits, over all processes. Never deleted while the topic is there.
/// </summary>
/// <param name="Next">The offset of the next record.</param>
/// <param name="AppendedAt">When the last one was stored, by the clock of whoever did; never back. Null: nothing was.</param>
/// <param name="Subscriptions">The version of the topic's subscriptions that appends route by, at least.</param>
/// <param name="IsClosed">The topic is being deleted: nothing more is appended.</param>
/// <param name="Forwarder">A hint: the process that forwards what is appended here; null: nobody does.</param>
/// <param name="ForwarderAt">When that process last appended.</param>
/// <param name="ETag">Default: there is no row yet.</param>
internal sealed record LogHead(
    long Next,
    DateTimeOffset? AppendedAt,
    long Subscriptions,
    bool IsClosed,
    ProcessId? Forwarder,
    DateTimeOffset? ForwarderAt,
    ETag ETag
)
{
    public const string RowKey = "h";

    /// <summary>Bytes that were appended in all; null: nobody has counted.</summary>
    public long? Bytes { get; init; }

    private const int Format = 1;

    private const string FormatColumn = "Format";
    private const string NextColumn = "Next";
    private const string AppendedColumn = "AppendedAt";
    private const string SubscriptionsColumn = "Subscriptions";
    private const string ClosedColumn = "Closed";
    private const string ForwarderColumn = "Forwarder";
    private const string ForwarderAtColumn = "ForwarderAt";
    private const string BytesColumn = "Bytes";
    private const string KnockedColumn = "Knocked";

    /// <summary>How long others leave a partition to the process that forwards it, after that one's last append.</summary>
    public static readonly TimeSpan ForwarderTime = TimeSpan.FromSeconds(2);

    /// <summary>There is no row yet.</summary>
    public static readonly LogHead None = new(0, null, 0, false, null, null, default);

    /// <summary>When something that is stored now is published: whole milliseconds, which columns hold exactly, and never back.</summary>
    public DateTimeOffset PublishTime(DateTimeOffset now)
    {
        var whole = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero);
        return AppendedAt is { } last && last > whole ? last : whole;
    }

    /// <summary>Whether this process forwards what is appended here now: it does already, or nobody has for a while.</summary>
    public bool IsLeftTo(ProcessId process, DateTimeOffset now) =>
        Forwarder is not { } other || other == process || ForwarderAt is not { } at || at + ForwarderTime <= now;

    /// <summary>The head after an append of so many records by a process; without its new ETag.</summary>
    public LogHead After(int records, DateTimeOffset publishedAt, long subscriptions, ProcessId process)
    {
        var mine = IsLeftTo(process, publishedAt);
        return this with
        {
            Next = Next + records,
            AppendedAt = publishedAt,
            Subscriptions = Math.Max(Subscriptions, subscriptions),
            Forwarder = mine ? process : Forwarder,
            ForwarderAt = mine ? publishedAt : ForwarderAt,
        };
    }

    /// <summary>The head when the subscriptions have changed.</summary>
    public LogHead Raised(long subscriptions) => this with { Subscriptions = Math.Max(Subscriptions, subscriptions) };

    public LogHead Closed() => this with { IsClosed = true };

    /// <summary>The operation that puts this in the place of <paramref name="before"/>.</summary>
    public TableTransactionAction Replace(int partition, LogHead before)
    {
        var entity = new TableEntity(RowKeys.Partition(partition), RowKey)
        {
            [FormatColumn] = Format,
            [NextColumn] = Next,
            [AppendedColumn] = AppendedAt,
            [SubscriptionsColumn] = Subscriptions,
            [ClosedColumn] = IsClosed,
            [ForwarderColumn] = Forwarder is { } process ? (long)process.Value : null,
            [ForwarderAtColumn] = ForwarderAt,
            [BytesColumn] = Bytes,
        };
        return before.ETag == default
            ? new TableTransactionAction(TableTransactionActionType.Add, entity)
            : new TableTransactionAction(TableTransactionActionType.UpdateReplace, entity, before.ETag);
    }

    /// <summary>
    /// The operation by which one who is overtaken again and again makes itself known: it changes nothing but the ETag, whatever that is.
    /// </summary>
    public static TableTransactionAction Knock(int partition) =>
        new(
            TableTransactionActionType.UpdateMerge,
            new TableEntity(RowKeys.Partition(partition), RowKey) { [KnockedColumn] = true },
            ETag.All
        );

    /// <summary>
    /// The operation that closes a head that is there, whatever has been appended: an append under way is first, or fails.
    /// </summary>
    public static TableTransactionAction Close(int partition) =>
        new(
            TableTransactionActionType.UpdateMerge,
            new TableEntity(RowKeys.Partition(partition), RowKey) { [ClosedColumn] = true },
            ETag.All
        );

    /// <summary>The head as read; null: there is no row yet.</summary>
    public static LogHead Read(TableEntity? entity)
    {
        if (entity is null)
            return None;
        if (entity.GetInt32(FormatColumn) is not Format || entity.GetInt64(NextColumn) is not { } next)
            throw new UnsupportedFormatException("The head of a partition is of another form.");
        return new LogHead(
            next,
            entity.GetDateTimeOffset(AppendedColumn),
            entity.GetInt64(SubscriptionsColumn) ?? 0,
            entity.GetBoolean(ClosedColumn) ?? false,
            entity.GetInt64(ForwarderColumn) is { } process ? new ProcessId((uint)process) : null,
            entity.GetDateTimeOffset(ForwarderAtColumn),
            entity.StoredETag()
        )
        {
            Bytes = entity.GetInt64(BytesColumn),
        };
    }
}

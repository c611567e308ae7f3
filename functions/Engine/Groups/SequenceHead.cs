using Azure;
using Azure.Data.Tables;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Groups;

/// <summary>
/// <c>l</c>: the next sequence number of a FIFO shard. It changes If-Match in the transaction that inserts the messages, so that their
/// row keys rise in the order of the commits, over all processes: whoever sees a row has seen, or can see, every one before it. The row
/// is never deleted.
/// </summary>
/// <param name="ETag">Default: there is no row yet.</param>
internal sealed record SequenceHead(long Next, ETag ETag)
{
    public const string RowKey = "l";

    public const string Column = "Next";

    private const string Knocked = "Knocked";

    public static readonly SequenceHead None = new(0, default);

    /// <summary>
    /// The number of the first message of a commit made now: like a clock, so that message ids sort by time, but never back, whatever the
    /// clock does.
    /// </summary>
    public long First(DateTimeOffset now) => Math.Max(Next, RowKeys.Micros(now));

    /// <summary>The operation that moves the head on to <paramref name="next"/>.</summary>
    public TableTransactionAction Move(int shard, long next)
    {
        var entity = new TableEntity(RowKeys.Partition(shard), RowKey) { [Column] = next };
        return ETag == default
            ? new TableTransactionAction(TableTransactionActionType.Add, entity)
            : new TableTransactionAction(TableTransactionActionType.UpdateReplace, entity, ETag);
    }

    /// <summary>
    /// The operation by which one who is overtaken again and again makes itself known: it changes nothing but the ETag, whatever that is,
    /// so that whoever has always been first reads the head again.
    /// </summary>
    public static TableTransactionAction Knock(int shard) =>
        new(TableTransactionActionType.UpdateMerge, new TableEntity(RowKeys.Partition(shard), RowKey) { [Knocked] = true }, ETag.All);

    public static SequenceHead Read(TableEntity entity) =>
        new(
            entity.TryGetValue(Column, out var next) && next is long number
                ? number
                : throw new UnsupportedFormatException("The head of a FIFO shard has no number."),
            entity.StoredETag()
        );
}

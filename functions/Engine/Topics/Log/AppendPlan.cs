using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Payloads;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics.Records;

namespace FuncQueue.Engine.Topics.Log;

/// <summary>
/// One transaction that stores records. The order of its operations tells what a conflict is over: the head is decided first.
/// </summary>
internal sealed class AppendPlan
{
    private readonly List<ProducerMove> moves = [];

    private AppendPlan(Guid id, LogHead before, LogHead after, IRoutes routes, IReadOnlyList<RecordRow> rows, Transaction transaction) =>
        (Id, Before, After, Routes, Rows, Transaction) = (id, before, after, routes, rows, transaction);

    /// <summary>Tells its rows from those of any other transaction.</summary>
    public Guid Id { get; }

    public LogHead Before { get; }

    /// <summary>The head when it was carried out, without its ETag.</summary>
    public LogHead After { get; }

    /// <summary>What the records were routed by.</summary>
    public IRoutes Routes { get; }

    public IReadOnlyList<RecordRow> Rows { get; }

    public Transaction Transaction { get; }

    /// <summary>How far those producers are whom it moves on; without new ETags.</summary>
    public IReadOnlyList<ProducerMove> Producers => moves;

    /// <param name="ended">Keys whose windows are over, to be replaced.</param>
    /// <param name="producers">How far producers are that count.</param>
    public static AppendPlan Compose(
        ShardTable table,
        LogHead head,
        Placement placement,
        IRoutes routes,
        EndedKeys ended,
        IReadOnlyDictionary<string, ProducerState> producers,
        ProcessId process,
        DateTimeOffset now
    )
    {
        var (id, publishedAt) = (Guid.NewGuid(), head.PublishTime(now));
        var rows = RecordRows.Compose(table.Shard, placement, routes, publishedAt, id);
        var through = head.Bytes ?? 0;
        for (var i = 0; i < rows.Count; i++)
            rows[i] = rows[i] with { Through = through += rows[i].Bytes };
        var after = head.After((int)(placement.Next - head.Next), publishedAt, routes.Version, process) with { Bytes = through };
        var transaction = new Transaction();
        transaction.Add(HeadMove.Owner, after.Replace(table.Shard, head));
        // Behind the head: a conflict over one of these is one of an append that nobody has overtaken.
        foreach (var move in placement.Placed.Select(p => p.Append.Move).OfType<CursorMove>())
            transaction.Add(move, move.Operation(table.Shard));
        foreach (var row in rows)
            transaction.Add(RowInsert.Owner, row.Insert(), row.ApproximateBytes);
        foreach (var (append, _) in placement.Placed)
        {
            foreach (var upload in append.Records.Select(r => r.Upload).OfType<(Guid Payload, Azure.ETag ETag)>())
                transaction.Add(new UploadEnd(append), table.Delete(RowKeys.Upload(upload.Payload), upload.ETag));
        }

        AppendKeyRows.Remember(transaction, table.Shard, placement, routes, publishedAt, id, ended);
        var plan = new AppendPlan(id, head, after, routes, rows, transaction);
        plan.Count(table.Shard, placement, producers, publishedAt);
        return plan;
    }

    /// <summary>Moves producers on.</summary>
    private void Count(int partition, Placement placement, IReadOnlyDictionary<string, ProducerState> producers, DateTimeOffset publishedAt)
    {
        var counted = new Dictionary<string, ProducerState>(StringComparer.Ordinal);
        foreach (var (append, first) in placement.Placed)
        {
            if (append.Producer is not { } stamp)
                continue;
            var state = counted.TryGetValue(stamp.Id, out var own) ? own : producers[stamp.Id];
            counted[stamp.Id] = state.After(stamp, append.Records.Count, first, publishedAt);
        }

        foreach (var state in counted.Values)
        {
            var move = new ProducerMove(state);
            moves.Add(move);
            Transaction.Add(move, ProducerRows.Write(partition, state));
        }
    }

    /// <summary>Of the operation that moves the head on.</summary>
    internal sealed class HeadMove : WriteOwner
    {
        public static readonly HeadMove Owner = new();
    }

    /// <summary>Of the operations that insert rows.</summary>
    internal sealed class RowInsert : WriteOwner
    {
        public static readonly RowInsert Owner = new();
    }

    /// <summary>Of an operation that ends the upload of a body.</summary>
    internal sealed class UploadEnd(PendingAppend append) : WriteOwner
    {
        public PendingAppend Append => append;
    }

    /// <summary>Of an operation that moves a producer on.</summary>
    internal sealed class ProducerMove(ProducerState state) : WriteOwner
    {
        public ProducerState State => state;
    }

    /// <summary>Of an operation that remembers a key.</summary>
    internal sealed class Remembering : WriteOwner;
}

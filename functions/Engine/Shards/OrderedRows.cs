using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Groups;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>
/// Rows of a FIFO queue: each transaction moves the shard's head on, If-Match, so those of all processes are in one order, and a lost one
/// can no longer arrive once another one has been carried out.
/// </summary>
internal sealed class OrderedRows(ShardTable table, RowSequence sequence, int maxInRow) : RowComposition
{
    private readonly Contention contention = new(TimeProvider.System, Random.Shared.NextDouble);
    private SequenceHead? head;

    // As it was when the last transaction was sent.
    private SequenceHead before = SequenceHead.None;

    /// <summary>Not cut smaller for how they are settled: settlements meet at the locks of groups as well.</summary>
    public override int MaxInRow => maxInRow;

    public override int Operations => 1;

    public override bool KeepsOrder => true;

    public override async Task WhenWorthwhileAsync()
    {
        if (contention.NextPause() is not { Ticks: > 0 } pause)
            return;
        await Task.Delay(pause, TimeProvider.System);
        head = null;
    }

    public override async ValueTask<Failure?> PrepareAsync()
    {
        contention.Begin();
        if (head is not null)
            return null;
        try
        {
            if (contention.Knocks)
                await table.CommitAsync([SequenceHead.Knock(table.Shard)]);
            head = await table.ReadHeadAsync(CancellationToken.None);
            return null;
        }
        catch (StorageFaultException exception)
        {
            return exception.Fault.ToReadFailure();
        }
    }

    public override List<NewRow> Compose(IEnumerable<PendingEnqueue> messages, DateTimeOffset now)
    {
        var rows = new List<NewRow>();
        var next = head!.First(now);
        foreach (var row in NewRow.Cut(messages, maxInRow))
        {
            rows.Add(NewRow.Of(table.Shard, sequence.At(next), row, now));
            next += row.Count;
        }

        return rows;
    }

    public override void Order(Transaction transaction, List<NewRow> rows)
    {
        transaction.Add(Head.Owner, head!.Move(table.Shard, rows[^1].Row.SequenceEnd));
        // Whatever becomes of it, this is not what the head is afterwards.
        (before, head) = (head, null);
    }

    public override long Written(WriteResult.Done done, List<NewRow> rows)
    {
        contention.GotOn();
        head = new SequenceHead(rows[^1].Row.SequenceEnd, done.ETagOf(Head.Owner));
        return before.Next;
    }

    public override bool WasOvertaken(WriteOwner owner)
    {
        if (owner is not Head)
            return false;
        contention.Overtaken();
        return true;
    }

    public override async Task<Sight> SeeAsync(List<NewRow> rows)
    {
        var found = await table.ReadHeadAsync(CancellationToken.None);
        if (found.ETag == before.ETag)
            return Sight.Untouched;
        // The head never goes back.
        return found.Next < rows[^1].Row.SequenceEnd ? Sight.NeverOurs : Sight.Changed;
    }

    public override long? SequenceNumberOf(MessageId message) => MessageLocation.SequenceNumberOf(message);

    /// <summary>Of the operation that moves the head on.</summary>
    private sealed class Head : WriteOwner
    {
        public static readonly Head Owner = new();
    }
}

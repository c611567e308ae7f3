using FuncQueue.Engine.Registry;
using FuncQueue.Engine.Shards;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Sweeping;

namespace FuncQueue.Engine.Queues;

/// <summary>One shard of a queue in this process: its table, its loops.</summary>
internal sealed class ShardRuntime
{
    private readonly Dispatcher toLive;
    private readonly Dispatcher toDead;
    private readonly ShardLoop live;
    private readonly ShardLoop dead;
    private SweptShard? swept;

    /// <param name="toLive">Serves receivers of live messages, <paramref name="toDead"/> of dead letters.</param>
    public ShardRuntime(
        EngineContext context,
        QueueProfile queue,
        Dispatcher toLive,
        Dispatcher toDead,
        ShardTable table,
        ActivityMarker activity
    )
    {
        this.toLive = toLive;
        this.toDead = toDead;
        Table = table;
        Activity = activity;
        Sequence = new RowSequence(context);
        var rounds = Rounds();
        if (queue.IsFifo)
        {
            live = ShardLoop.OfFifo(context, table, rounds, toLive, activity);
            toLive.Add(new ShardSide(live, new GroupScanner(table, live)));
        }
        else
        {
            live = Standard(toLive, rounds);
        }

        dead = Standard(toDead, Rounds());
        var leases = queue.IsFifo ? null : new FirstLeases(context, toLive, request => live.Post(new Work.Settle(request)));
        RowComposition composition = queue.IsFifo
            ? new OrderedRows(table, Sequence, context.Options.MaxMessagesPerRow)
            : new UnorderedRows(table.Shard, Sequence, live.RowSize);
        var writer = new InsertWriter(context, table, queue.Name, composition, Announce, leases);
        Enqueue = new EnqueueLoop(
            table,
            rounds,
            activity,
            composition,
            writer,
            exception => EngineLog.LoopFailed(context.Log, exception, "enqueue", queue.Name.Value, RowKeys.Partition(table.Shard))
        );

        CommitRounds Rounds() => new(table.CommitAsync, Comeback.WaitAsync);

        ShardLoop Standard(Dispatcher host, CommitRounds commits)
        {
            var rivals = new Rivals(context.Process, Sequence.Made);
            var loop = ShardLoop.OfStandard(context, table, commits, host, activity, rivals);
            host.Add(new ShardSide(loop, new Scanner(context, table, loop, rivals, host)));
            return loop;
        }
    }

    public ShardTable Table { get; }

    public ActivityMarker Activity { get; }

    public RowSequence Sequence { get; }

    /// <summary>What the sweep of this process remembers of the shard; null: nothing.</summary>
    public SweptShard? Swept => Volatile.Read(ref swept);

    /// <summary>Takes in what a sweep has read, unless another has meanwhile.</summary>
    /// <param name="before">What was remembered when it began.</param>
    public void Remember(SweptShard? before, SweptShard? now) => Interlocked.CompareExchange(ref swept, now, before);

    public EnqueueLoop Enqueue { get; }

    public ShardLoop LoopOf(MessageSource source) => source == MessageSource.Live ? live : dead;

    /// <summary>Tells the receivers of this process of a row that it has just inserted.</summary>
    /// <param name="behind">On a FIFO queue, the sequence number that the shard's head had before.</param>
    public void Announce(BatchRow row, long behind)
    {
        // Nobody receives here: a consumer that comes later scans storage first. Asked after the commit, so that one that came
        // before it finds the row in memory, and one that comes after it in storage.
        if (toLive.Receivers.AreAttended)
            live.Post(new Work.Inserted(row, behind));
    }

    /// <summary>Gives back the memory of rows that nobody here receives.</summary>
    public void ForgetUnattended()
    {
        if (!toLive.Receivers.AreAttended)
            live.Post(new Work.Forget());
        if (!toDead.Receivers.AreAttended)
            dead.Post(new Work.Forget());
    }

    public async Task WhenIdleAsync()
    {
        await Enqueue.WhenIdleAsync();
        await live.WhenIdleAsync();
        await dead.WhenIdleAsync();
    }
}

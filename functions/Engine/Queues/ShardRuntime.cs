using FuncQueue.Engine.Registry;
using FuncQueue.Engine.Shards;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Queues;

/// <summary>One shard of a queue in this process: its table, its loops and its scanners.</summary>
internal sealed class ShardRuntime
{
    private readonly QueueRuntime queue;
    private readonly ShardLoop live;
    private readonly ShardLoop dead;
    private readonly IScanner liveScanner;
    private readonly IScanner deadScanner;

    public ShardRuntime(EngineContext context, QueueRuntime queue, ShardTable table, ActivityMarker activity)
    {
        Table = table;
        Activity = activity;
        Sequence = new RowSequence(context);
        var rounds = new CommitRounds(table);
        live = new ShardLoop(context, table, rounds.Join(), queue.Live, activity, queue.IsFifo);
        dead = new ShardLoop(context, table, new CommitRounds(table).Join(), queue.Dead, activity, ordered: false);
        liveScanner = queue.IsFifo ? new GroupScanner(table, live) : new Scanner(context, table, live, queue.Live);
        deadScanner = new Scanner(context, table, dead, queue.Dead);
        var leases = queue.IsFifo ? null : new FirstLeases(context, queue.Live, request => live.Post(new Work.Settle(request)));
        Enqueue = new EnqueueLoop(context, table, rounds.Join(), queue.Name, queue.IsFifo, Sequence, activity, live.RowSize, Announce, leases);
        this.queue = queue;
    }

    public ShardTable Table { get; }

    public ActivityMarker Activity { get; }

    public RowSequence Sequence { get; }

    public EnqueueLoop Enqueue { get; }

    public ShardLoop LoopOf(MessageSource source) => source == MessageSource.Live ? live : dead;

    public IScanner ScannerOf(MessageSource source) => source == MessageSource.Live ? liveScanner : deadScanner;

    /// <summary>Tells the receivers of this process of a row that it has just inserted.</summary>
    /// <param name="behind">On a FIFO queue, the sequence number that the shard's head had before.</param>
    public void Announce(BatchRow row, long behind)
    {
        // Nobody receives here: a consumer that comes later looks at storage first. Asked after the commit, so that one that came
        // before it finds the row in memory, and one that comes after it in storage.
        if (queue.Live.IsAttended)
            live.Post(new Work.Inserted(row, behind));
    }

    /// <summary>Gives back the memory of rows that nobody here receives.</summary>
    public void ForgetUnattended()
    {
        if (!queue.Live.IsAttended)
            live.Post(new Work.Forget());
        if (!queue.Dead.IsAttended)
            dead.Post(new Work.Forget());
    }

    public async Task WhenIdleAsync()
    {
        await Enqueue.WhenIdleAsync();
        await live.WhenIdleAsync();
        await dead.WhenIdleAsync();
    }
}

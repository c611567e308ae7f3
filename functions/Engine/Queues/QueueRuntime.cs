using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Payloads;
using FuncQueue.Engine.Receipts;
using FuncQueue.Engine.Registry;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Totals;

namespace FuncQueue.Engine.Queues;

/// <summary>One generation of a queue in this process. It lives as long as the process, or until the queue is found gone.</summary>
internal sealed class QueueRuntime : IGeneration<QueueRecord>
{
    private readonly EngineContext context;
    private readonly DataAccount account;
    private readonly QueueRegistry registry;
    private readonly Lock gate = new();
    private readonly QueueProfile profile;
    private volatile ShardRuntime[] shards = [];
    private int preferred;

    /// <param name="confirm">Reads the registry again if what is known of the queue is older than it may be.</param>
    public QueueRuntime(
        EngineContext context,
        DataAccount account,
        QueueRegistry registry,
        QueueRecord record,
        ReadOnlySpan<byte> signingKey,
        Func<ValueTask> confirm
    )
    {
        this.context = context;
        this.account = account;
        this.registry = registry;
        profile = new QueueProfile(context, account.Clients.Clock, record, signingKey, confirm);
        Live = new Dispatcher(context, profile, MessageSource.Live);
        Dead = new Dispatcher(context, profile, MessageSource.DeadLetters);
        preferred = (int)(context.Process.Value % Limits.MaxShards);
        _ = Tally;
        Grow(record.Info.Settings.Shards);
    }

    public QueueName Name => profile.Name;

    public string Table => profile.Record.Table;

    public QueueRecord Record => profile.Record;

    public QueueSettings Settings => profile.Record.Info.Settings;

    public bool IsFifo => profile.IsFifo;

    public ReceiptCodec Receipts => profile.Receipts;

    public PayloadStore Payloads => account.Payloads;

    public Dispatcher Live { get; }

    public Dispatcher Dead { get; }

    public IReadOnlyList<ShardRuntime> Shards => shards;

    public Dispatcher DispatcherOf(MessageSource source) => source == MessageSource.Live ? Live : Dead;

    public DeliveryPolicy PolicyFor(MessageSource source) => profile.PolicyFor(source);

    /// <summary>Where this process enqueues: one shard at a time, since spreading cuts the batches up.</summary>
    public ShardRuntime EnqueueShard() => shards[preferred % shards.Length];

    /// <summary>What this process has done here.</summary>
    public Tally Tally => context.Metrics.Tallies.Of(Name, Table, context.Process.Value);

    /// <summary>Where a group of a FIFO queue is at home.</summary>
    public ShardRuntime ShardOfGroup(ulong group) => shards[(int)(group % (uint)Record.HomeShards)];

    /// <summary>Goes on to another shard, because storage throttles this one.</summary>
    public void LeaveShard(ShardRuntime throttled)
    {
        var now = Volatile.Read(ref preferred);
        if (ReferenceEquals(shards[now % shards.Length], throttled))
            Interlocked.CompareExchange(ref preferred, (now + 1) & int.MaxValue, now);
    }

    /// <summary>Takes in what the registry says of this generation now.</summary>
    public void Update(QueueRecord latest)
    {
        profile.Update(latest);
        if (!profile.Gives)
            Live.CompleteAll(new Failure.QueuePaused(Name));
        Grow(latest.Info.Settings.Shards);
    }

    /// <summary>Whether nobody waits here, nobody has received of late, and nothing is under way.</summary>
    public bool IsIdle => !Live.Receivers.AreAttended && !Dead.Receivers.AreAttended && WhenIdleAsync().IsCompleted;

    public async Task WhenIdleAsync()
    {
        foreach (var shard in shards)
            await shard.WhenIdleAsync();
        await Live.WhenIdleAsync();
        await Dead.WhenIdleAsync();
    }

    private void Grow(int count)
    {
        lock (gate)
        {
            if (shards.Length >= count)
                return;
            var grown = shards.ToList();
            for (var shard = shards.Length; shard < count; shard++)
            {
                var number = shard;
                var table = account.Clients.ShardOf(Table, number, context.Unreadable);
                var activity = new ActivityMarker(context, () => registry.MarkActiveAsync(Name, Table, number, Tally));
                grown.Add(new ShardRuntime(context, profile, Live, Dead, table, activity));
            }

            shards = [.. grown];
        }
    }
}

using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Payloads;
using FuncQueue.Engine.Receipts;
using FuncQueue.Engine.Registry;
using FuncQueue.Engine.Shards;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Queues;

/// <summary>One generation of a queue in this process. It lives as long as the process, or until the queue is found gone.</summary>
internal sealed class QueueRuntime
{
    private readonly EngineContext context;
    private readonly DataAccount account;
    private readonly QueueRegistry registry;
    private readonly Lock gate = new();
    private volatile QueueRecord record;
    private volatile Policies policies;
    private volatile ShardRuntime[] shards = [];
    private int preferred;

    public QueueRuntime(EngineContext context, DataAccount account, QueueRegistry registry, QueueRecord record, ReadOnlySpan<byte> signingKey)
    {
        this.context = context;
        this.account = account;
        this.registry = registry;
        this.record = record;
        policies = Policies.For(record.Info.Settings, context);
        Receipts = new ReceiptCodec(signingKey, record.Table);
        Live = new Dispatcher(context, this, MessageSource.Live);
        Dead = new Dispatcher(context, this, MessageSource.DeadLetters);
        preferred = (int)(context.Process % Limits.MaxShards);
        Grow(record.Info.Settings.Shards);
    }

    public QueueName Name => record.Info.Name;

    public string Table => record.Table;

    public QueueRecord Record => record;

    public QueueSettings Settings => record.Info.Settings;

    public bool IsFifo => Settings.Type == QueueType.Fifo;

    public ReceiptCodec Receipts { get; }

    public PayloadStore Payloads => account.Payloads;

    public Dispatcher Live { get; }

    public Dispatcher Dead { get; }

    public IReadOnlyList<ShardRuntime> Shards => shards;

    /// <summary>Whether this process's clock is not known to be wrong.</summary>
    public bool ClockIsRight => account.Clients.Clock.Offset == TimeSpan.Zero;

    /// <summary>Whether it is known to be right at this instant.</summary>
    public bool ClockIsCertain => account.Clients.Clock.IsCertain;

    public Dispatcher DispatcherOf(MessageSource source) => source == MessageSource.Live ? Live : Dead;

    public DeliveryPolicy PolicyFor(MessageSource source) => source == MessageSource.Live ? policies.Live : policies.Dead;

    /// <summary>Where this process enqueues: one shard at a time, since spreading cuts the batches up.</summary>
    public ShardRuntime EnqueueShard() => shards[preferred % shards.Length];

    /// <summary>Where a group of a FIFO queue is at home.</summary>
    public ShardRuntime ShardOfGroup(ulong group) => shards[(int)(group % (uint)record.HomeShards)];

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
        record = latest;
        policies = Policies.For(latest.Info.Settings, context);
        Grow(latest.Info.Settings.Shards);
    }

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
                var table = new ShardTable(account.Clients.Reads.GetTableClient(Table), account.Clients.Writes.GetTableClient(Table), number, context.Log);
                var activity = new ActivityMarker(context, () => registry.MarkActiveAsync(Name, Table, number));
                grown.Add(new ShardRuntime(context, this, table, activity));
            }

            shards = [.. grown];
        }
    }

    private sealed record Policies(DeliveryPolicy Live, DeliveryPolicy Dead)
    {
        public static Policies For(QueueSettings settings, EngineContext context) => new(
            DeliveryPolicy.For(settings, MessageSource.Live, context.Options.ClockSkewBound, context.Process),
            DeliveryPolicy.For(settings, MessageSource.DeadLetters, context.Options.ClockSkewBound, context.Process));
    }
}

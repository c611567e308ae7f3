using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Receipts;
using FuncQueue.Engine.Registry;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Queues;

/// <summary>
/// What this process knows of one generation of a queue as a whole: its settings as last read, its receipts, its clock. Thread-safe.
/// </summary>
internal sealed class QueueProfile
{
    private readonly EngineContext context;
    private readonly StorageClock clock;
    private readonly Func<ValueTask> confirm;
    private volatile QueueRecord record;
    private volatile Policies policies;

    /// <param name="confirm">Reads the registry again if what is known of the queue is older than it may be.</param>
    public QueueProfile(
        EngineContext context,
        StorageClock clock,
        QueueRecord record,
        ReadOnlySpan<byte> signingKey,
        Func<ValueTask> confirm
    )
    {
        this.confirm = confirm;
        this.context = context;
        this.clock = clock;
        this.record = record;
        policies = Policies.For(record.Info.Settings, context);
        Receipts = new ReceiptCodec(signingKey, record.Table);
    }

    public QueueName Name => record.Info.Name;

    public QueueRecord Record => record;

    public bool IsFifo => record.Info.Settings.Type == QueueType.Fifo;

    public ReceiptCodec Receipts { get; }

    /// <summary>Whether this process's clock is not known to be wrong.</summary>
    public bool ClockIsRight => clock.Offset == TimeSpan.Zero;

    /// <summary>Whether it is known to be right at this instant.</summary>
    public bool ClockIsCertain => clock.IsCertain;

    /// <summary>Whether consumers may receive live messages, as far as is known.</summary>
    public bool Gives => record.Info.Settings.Gives;

    /// <summary>As above, and that is not older than it may be: who waits for long may have come before the queue was paused.</summary>
    public async ValueTask<bool> GivesNowAsync()
    {
        await confirm();
        return Gives;
    }

    public DeliveryPolicy PolicyFor(MessageSource source) => source == MessageSource.Live ? policies.Live : policies.Dead;

    /// <summary>Takes in what the registry says of this generation now.</summary>
    public void Update(QueueRecord latest)
    {
        record = latest;
        policies = Policies.For(latest.Info.Settings, context);
    }

    private sealed record Policies(DeliveryPolicy Live, DeliveryPolicy Dead)
    {
        public static Policies For(QueueSettings settings, EngineContext context) =>
            new(
                DeliveryPolicy.For(settings, MessageSource.Live, context.Options.ClockSkewBound, context.Process),
                DeliveryPolicy.For(settings, MessageSource.DeadLetters, context.Options.ClockSkewBound, context.Process)
            );
    }
}

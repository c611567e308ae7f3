using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Registry;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>
/// Everything this process writes to the existing rows of one shard (live messages or dead letters) goes through this loop, one
/// transaction at a time: settlements that came in meanwhile, upkeep that is due, and leases for the receivers that wait. So this
/// process never competes with itself for a row, and concurrent calls share their writes.
/// </summary>
internal sealed class ShardLoop
{
    private readonly IShardHost host;
    private readonly CommitRounds rounds;
    private readonly ShardInbox inbox;
    private readonly FlightPlan plan;
    private readonly FlightWriter writer;
    private readonly WorkLoop loop;
    private volatile bool nothingIsReady;

    private ShardLoop(
        EngineContext context,
        ShardTable table,
        CommitRounds rounds,
        IShardHost host,
        ActivityMarker activity,
        KnownShard shard,
        RowReader reader,
        ILeasePlan leases
    )
    {
        this.host = host;
        this.rounds = rounds;
        RowSize = new RowSize(context.Process, context.Options.MaxMessagesPerRow);
        var lost = new LostFlights(table, context.Process);
        var settlements = new SettlePlan(shard, reader, lost);
        var upkeep = new UpkeepPlan(table, shard, host);
        inbox = new ShardInbox(shard, settlements, upkeep, RowSize);
        plan = new FlightPlan(context, table, host, shard, settlements, upkeep, leases);
        writer = new FlightWriter(
            context,
            table,
            host,
            activity,
            shard,
            leases,
            settlements,
            lost,
            new FlightConflict(table, host, shard, reader, leases, settlements)
        );
        loop = new WorkLoop(
            StepAsync,
            (exception, first) =>
            {
                if (first && exception is not StorageFaultException)
                    EngineLog.LoopFailed(context.Log, exception, "shard", host.Queue.Value, RowKeys.Partition(table.Shard));
                OnUnexpected(exception);
            }
        );
    }

    /// <summary>For the live messages of a standard queue, or for dead letters.</summary>
    /// <param name="rivals">The other processes that lease from this shard.</param>
    public static ShardLoop OfStandard(
        EngineContext context,
        ShardTable table,
        CommitRounds rounds,
        IShardHost host,
        ActivityMarker activity,
        Rivals rivals
    )
    {
        var shard = KnownStandardShard.Create(() => host.Policy, () => context.Now);
        var reader = new RowReader(table, shard);
        return new ShardLoop(
            context,
            table,
            rounds,
            host,
            activity,
            shard,
            reader,
            new StandardLeases(context, host, shard, reader, rivals)
        );
    }

    /// <summary>For the live messages of a FIFO queue.</summary>
    public static ShardLoop OfFifo(EngineContext context, ShardTable table, CommitRounds rounds, IShardHost host, ActivityMarker activity)
    {
        var shard = new KnownFifoShard(table, () => host.Policy, () => context.Now);
        var reader = new RowReader(table, shard);
        return new ShardLoop(context, table, rounds, host, activity, shard, reader, new FifoLeases(context, host, shard, reader));
    }

    /// <summary>Whether no message is known here that could be handed out. What has just been posted may have changed that.</summary>
    public bool NothingIsReady => nothingIsReady;

    /// <summary>How many messages a new row may have, by how they are settled here.</summary>
    public RowSize RowSize { get; }

    /// <summary>Says that receivers have come.</summary>
    public void Kick() => loop.Kick();

    public void Post(Work work)
    {
        if (work is Work.Inserted { Row: var row } && Array.Exists(row.State, s => s.Status == SlotStatus.Ready))
            nothingIsReady = false;
        inbox.Post(work);
        loop.Kick();
    }

    /// <summary>Waits until what was posted before is taken in and no receiver can be served from what is known.</summary>
    public Task ServeAsync()
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(new Work.Barrier(reached));
        return reached.Task;
    }

    public Task WhenIdleAsync() => loop.WhenIdleAsync();

    private async Task<bool> StepAsync()
    {
        using var round = rounds.Enter();
        while (await FlyAsync(round))
            loop.Progressed();
        return false;
    }

    /// <summary>Plans and writes one flight; true when there may be more to do.</summary>
    private async Task<bool> FlyAsync(Round round)
    {
        await round.TurnAsync();
        var (flight, leases, more) = await plan.PlanAsync(round, inbox);
        var writes = flight.HasChanges;
        if (writes)
            await writer.WriteAsync(round, flight);
        more |= plan.Finish();
        if (nothingIsReady || host.Receivers.Count > 0)
            nothingIsReady = inbox.IsEmpty && plan.KnowsOfNone;
        if (!leases)
            inbox.ReachBarriers();
        if (!writes && more)
            await Task.Yield();
        return writes || more;
    }

    /// <summary>A fault nobody foresaw: everything that waits is told, nothing hangs, and nothing is remembered.</summary>
    private void OnUnexpected(Exception exception)
    {
        var fault = (exception as StorageFaultException)?.Fault;
        if (fault is { } unread)
            host.OnReadFault(unread);
        var failure = fault?.ToReadFailure() ?? new Failure.OutcomeUnknown(StorageFault.DefaultRetryAfter);
        if (plan.Current is { } flight)
            writer.Fail(flight, failure);
        plan.Fail(exception, failure);
        inbox.ReachBarriers();
    }
}

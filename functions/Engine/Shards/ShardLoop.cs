using System.Collections.Concurrent;
using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Groups;
using FuncQueue.Engine.Registry;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>
/// Everything this process writes to the existing rows of one shard (live messages or dead letters) goes through this loop, one
/// transaction at a time: settlements that came in meanwhile, upkeep that is due, and leases for the receivers that wait. So this
/// process never competes with itself for a row, and concurrent calls share their writes.
/// </summary>
internal sealed partial class ShardLoop
{
    private const int MaxRowsPerFlight = 64;
    private const int MaxAttempts = 20;

    /// <summary>Rows with nothing to do for longer than this are not kept from a scan.</summary>
    private static readonly TimeSpan WorthKeeping = TimeSpan.FromSeconds(1);

    private readonly EngineContext context;
    private readonly ShardTable table;
    private readonly CommitRounds.Member commits;
    private readonly IShardHost host;
    private readonly ActivityMarker activity;
    private readonly RowCache cache;
    private readonly Rivals rivals;
    private readonly RowSize rowSize;
    private readonly WorkLoop loop;
    private readonly ConcurrentQueue<Work> inbox = new();
    private readonly List<SettleRequest> pending = [];
    private readonly Queue<UpkeepRequest> upkeep = new();
    private readonly List<TaskCompletionSource> barriers = [];
    private readonly GroupIndex? groups;
    private readonly KnownLocks? locks;
    private Flight? current;
    private volatile bool nothingIsReady;

    /// <param name="ordered">Whether these are the live messages of a FIFO queue.</param>
    public ShardLoop(EngineContext context, ShardTable table, CommitRounds.Member commits, IShardHost host, ActivityMarker activity, bool ordered)
    {
        this.context = context;
        this.table = table;
        this.commits = commits;
        this.host = host;
        this.activity = activity;
        cache = new RowCache(() => host.Policy);
        rivals = new Rivals(context.Process);
        rowSize = new RowSize(context.Process, context.Options.MaxMessagesPerRow);
        loop = new WorkLoop(StepAsync, OnUnexpected);
        if (ordered)
            (groups, locks) = (new GroupIndex(), new KnownLocks());
    }

    /// <summary>Whether no message is known here that could be handed out. What has just been posted may have changed that.</summary>
    public bool NothingIsReady => nothingIsReady;

    /// <summary>The other processes that lease from this shard.</summary>
    public Rivals Rivals => rivals;

    /// <summary>How many messages a new row may have, by how they are settled here.</summary>
    public RowSize RowSize => rowSize;

    /// <summary>Says that receivers have come.</summary>
    public void Kick() => loop.Kick();

    public void Post(Work work)
    {
        if (work is Work.Inserted { Row: var row } && Array.Exists(row.State, s => s.Status == SlotStatus.Ready))
            nothingIsReady = false;
        inbox.Enqueue(work);
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
        await commits.BeginAsync();
        // Under throttling what comes in meanwhile shares the next flight, whose leases begin when it does.
        await commits.DuringAsync(table.WhenReadyAsync());
        cache.FollowSettings();
        TakeIn();
        await commits.DuringAsync(ReadStaleLocksAsync());
        var flight = current = new Flight(host.Policy, context.Now, context.NextLease(), locks);
        await commits.DuringAsync(PlanSettlesAsync(flight));
        var tended = await commits.DuringAsync(PlanUpkeepAsync(flight));
        var claiming = await commits.DuringAsync(PlanClaimsAsync(flight));
        var wrote = flight.HasChanges;
        if (wrote)
            await WriteAsync(flight);
        current = null;
        if (nothingIsReady || host.Receivers.Count > 0)
            nothingIsReady = inbox.IsEmpty && !cache.Actionable(context.Now, lowestLaneFirst: false).Any();
        FinishUpkeep();
        if (!claiming)
            ReachBarriers();
        if (!wrote && !claiming && !tended && pending.Count == 0)
        {
            commits.Rest();
            return false;
        }

        if (!wrote)
            await Task.Yield();
        return true;
    }

    private void TakeIn()
    {
        while (inbox.TryDequeue(out var work))
        {
            switch (work)
            {
                case Work.Settle(var requests):
                    rowSize.Settled(requests);
                    pending.AddRange(requests);
                    break;
                case Work.Inserted(var row, var behind):
                    TakeInInserted(row, behind);
                    break;
                case Work.Scanned scanned:
                    TakeIn(scanned);
                    break;
                case Work.ScannedGroups scanned:
                    Answer(scanned);
                    break;
                case Work.Upkeep(var request):
                    upkeep.Enqueue(request);
                    break;
                case Work.Forget:
                    ForgetAll();
                    break;
                case Work.Barrier(var reached):
                    barriers.Add(reached);
                    break;
            }
        }
    }

    private void Answer(Work.ScannedGroups scanned)
    {
        try
        {
            scanned.Answer.TrySetResult(TakeIn(scanned));
        }
        catch (Exception exception)
        {
            scanned.Answer.TrySetException(exception);
            throw;
        }
    }

    private void TakeIn(Work.Scanned scanned)
    {
        cache.RemoveMissing(scanned.Range, scanned.Rows.Select(r => r.Key).ToHashSet(StringComparer.Ordinal), scanned.Began);
        var soon = context.Now + WorthKeeping;
        foreach (var row in scanned.Rows)
        {
            // What this process wrote or read since the look began is newer than what the look saw.
            if (cache.Find(row.Key) is { } known)
            {
                if (known.Seen >= scanned.Began || known.Row.ETag == row.ETag)
                    continue;
            }
            else if (cache.EarliestAction(row) > soon)
            {
                continue;
            }

            cache.Put(row, scanned.Began);
        }
    }

    private void ReachBarriers()
    {
        foreach (var barrier in barriers)
            barrier.TrySetResult();
        barriers.Clear();
    }

    private void FinishUpkeep()
    {
        while (upkeep.TryPeek(out var request) && request.Remaining.Count == 0)
        {
            upkeep.Dequeue();
            request.Complete();
        }
    }

    /// <summary>A fault nobody foresaw: everything that waits is told, nothing hangs, and nothing is remembered.</summary>
    private void OnUnexpected(Exception exception)
    {
        if (exception is StorageFaultException unread)
            host.OnReadFault(unread.Fault);
        else
            EngineLog.LoopFailed(context.Log, exception, "shard", host.Queue.Value, RowKeys.Partition(table.Shard));
        Failure failure = exception is StorageFaultException fault
            ? fault.Fault.ToReadFailure()
            : new Failure.OutcomeUnknown(StorageFault.DefaultRetryAfter);
        if (current is { } flight)
            Fail(flight, failure);
        current = null;
        foreach (var request in pending)
            request.Complete(!request.IsInDoubt ? failure : new Failure.OutcomeUnknown(StorageFault.DefaultRetryAfter));
        pending.Clear();
        while (upkeep.TryDequeue(out var request))
            request.Fail(exception);
        ForgetAll();
        ReachBarriers();
        commits.Rest();
    }
}

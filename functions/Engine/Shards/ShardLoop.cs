using System.Collections.Concurrent;
using FuncQueue.Engine.Decisions;
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
    private const int MaxParallelReads = 16;
    private const int MaxAttempts = 20;

    /// <summary>Rows with nothing to do for longer than this are not kept from a scan.</summary>
    private static readonly TimeSpan WorthKeeping = TimeSpan.FromSeconds(1);

    private readonly EngineContext context;
    private readonly ShardTable table;
    private readonly IShardHost host;
    private readonly ActivityMarker activity;
    private readonly RowCache cache;
    private readonly WorkLoop loop;
    private readonly ConcurrentQueue<Work> inbox = new();
    private readonly List<SettleRequest> pending = [];
    private readonly Queue<UpkeepRequest> upkeep = new();
    private readonly List<TaskCompletionSource> barriers = [];
    private Flight? current;

    public ShardLoop(EngineContext context, ShardTable table, IShardHost host, ActivityMarker activity)
    {
        this.context = context;
        this.table = table;
        this.host = host;
        this.activity = activity;
        cache = new RowCache(() => host.Policy);
        loop = new WorkLoop(StepAsync, OnUnexpected);
    }

    /// <summary>Says that receivers have come.</summary>
    public void Kick() => loop.Kick();

    public void Post(Work work)
    {
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
        TakeIn();
        var flight = current = new Flight(host.Policy, context.Now);
        await PlanSettlesAsync(flight);
        var tended = await PlanUpkeepAsync(flight);
        var claiming = await PlanClaimsAsync(flight);
        var wrote = flight.HasChanges;
        if (wrote)
            await WriteAsync(flight);
        current = null;
        FinishUpkeep();
        if (!claiming)
            ReachBarriers();
        if (!wrote && !claiming && !tended && pending.Count == 0)
            return false;
        // Let the callers just answered post their next calls, so that these share the next commit.
        await Task.Yield();
        return true;
    }

    private void TakeIn()
    {
        while (inbox.TryDequeue(out var work))
        {
            switch (work)
            {
                case Work.Settle(var request):
                    pending.Add(request);
                    break;
                case Work.Inserted(var row):
                    cache.Put(row, CachedRow.Stamp());
                    break;
                case Work.Scanned scanned:
                    TakeIn(scanned);
                    break;
                case Work.Upkeep(var request):
                    upkeep.Enqueue(request);
                    break;
                case Work.Forget:
                    cache.Clear();
                    break;
                case Work.Barrier(var reached):
                    barriers.Add(reached);
                    break;
            }
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

    private async Task PlanSettlesAsync(Flight flight)
    {
        if (pending.Count == 0)
            return;
        var groups = pending.GroupBy(r => r.RowKey, StringComparer.Ordinal).Take(MaxRowsPerFlight)
            .ToDictionary(g => g.Key, g => g.ToList(), StringComparer.Ordinal);
        var stale = groups.Where(g => NeedsRead(cache.Find(g.Key)?.Row, g.Value, flight)).ToList();
        var fresh = new Dictionary<string, (BatchRow? Row, StorageFault? Fault)>(StringComparer.Ordinal);
        foreach (var chunk in stale.Chunk(MaxParallelReads))
        {
            var read = await Task.WhenAll(chunk.Select(group => ReadAsync(group.Key, group.Value.Exists(r => r.NeedsData))));
            for (var i = 0; i < chunk.Length; i++)
                fresh[chunk[i].Key] = read[i];
        }

        var handled = new HashSet<SettleRequest>();
        foreach (var (key, requests) in groups)
        {
            // What was just read is decided on, even if the cache had no room for it.
            var (row, fault) = fresh.TryGetValue(key, out var read) ? read : (cache.Find(key)?.Row, null);
            foreach (var request in requests)
            {
                if (fault is { } happened)
                {
                    request.Complete(request.Doubt is null ? happened.ToReadFailure() : new Failure.OutcomeUnknown(happened.RetryAfter));
                    handled.Add(request);
                }
                else if (TrySettle(flight, row, request))
                {
                    handled.Add(request);
                }
                else if (fresh.ContainsKey(key))
                {
                    request.MustReload = false;
                }
            }
        }

        pending.RemoveAll(handled.Contains);
    }

    /// <summary>Whether memory does not suffice: the row is unknown, its bodies are needed, or it says that a lease is lost.</summary>
    private static bool NeedsRead(BatchRow? row, List<SettleRequest> requests, Flight flight)
    {
        if (row is null)
            return true;
        foreach (var request in requests)
        {
            if (request.MustReload || request.Slot >= row.Count || (request.NeedsData && row.Data is null))
                return true;
            var state = row.State[request.Slot];
            if (request.Release)
            {
                if (state.LeaseId != request.Lease)
                    return true;
                continue;
            }

            switch (Settling.Decide(state, request.Lease, request.Settlement, flight.Policy, flight.Now))
            {
                case Settling.Lost:
                    return true;
                case Settling.DeadLettered when row.Data is null:
                    request.NeedsData = true;
                    return true;
            }
        }

        return false;
    }

    /// <summary>Puts one settlement into the flight, or answers it; false when it must wait for the next flight.</summary>
    private static bool TrySettle(Flight flight, BatchRow? row, SettleRequest request)
    {
        if (row is null || request.Slot >= row.Count)
        {
            request.Complete(request.WhenLost(null, flight.Now));
            return true;
        }

        if (!flight.HasRoomFor(row, request.Slot))
            return false;
        var edit = flight.Edit(row);
        var state = edit.State[request.Slot];
        if (request.Release)
        {
            var held = state.IsLeased && state.LeaseId == request.Lease;
            if (held)
                edit.Set(request.Slot, Delivery.Release(state, flight.Policy, flight.Now));
            edit.Settled.Add((request, new Settled(held ? SettleStatus.Ok : SettleStatus.LeaseLost)));
            return true;
        }

        switch (Settling.Decide(state, request.Lease, request.Settlement, flight.Policy, flight.Now))
        {
            case Settling.Lost when request.Doubt is not null:
                request.Complete(request.WhenLost(state, flight.Now));
                return true;
            case Settling.Lost:
                edit.Settled.Add((request, new Settled(SettleStatus.LeaseLost)));
                return true;
            case Settling.Changed(var changed):
                if (changed.Status == SlotStatus.Done)
                    edit.End(request.Slot, changed, retainPayload: false);
                else
                    edit.Set(request.Slot, changed);
                var visibleAt = request.Settlement is Settlement.Extend ? changed.VisibleAt : (DateTimeOffset?)null;
                edit.Settled.Add((request, new Settled(SettleStatus.Ok, visibleAt)));
                return true;
            case Settling.DeadLettered(var reason):
                if (row.Data is null)
                {
                    request.NeedsData = true;
                    return false;
                }

                edit.DeadLetter(request.Slot, reason);
                edit.Settled.Add((request, new Settled(SettleStatus.Ok)));
                return true;
            default:
                throw new InvalidOperationException("An unknown decision.");
        }
    }

    /// <summary>Reads a row and keeps it in mind; what is not there is forgotten.</summary>
    private async Task<(BatchRow? Row, StorageFault? Fault)> ReadAsync(string key, bool withData)
    {
        try
        {
            var began = CachedRow.Stamp();
            var row = await table.ReadAsync(key, withData, CancellationToken.None);
            lock (cache)
            {
                if (row is null)
                    cache.Remove(key);
                else
                    row = cache.Put(row, began).Row;
            }

            return (row, null);
        }
        catch (StorageFaultException exception)
        {
            return (null, exception.Fault);
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
            request.Complete(failure);
        pending.Clear();
        while (upkeep.TryDequeue(out var request))
            request.Fail(exception);
        cache.Clear();
        ReachBarriers();
    }
}

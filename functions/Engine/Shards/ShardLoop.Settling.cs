using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Groups;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <content>Planning: settlements.</content>
internal sealed partial class ShardLoop
{
    private async Task PlanSettlesAsync(Flight flight)
    {
        if (pending.Count == 0)
            return;
        var byRow = pending.GroupBy(r => r.RowKey, StringComparer.Ordinal).Take(MaxRowsPerFlight)
            .ToDictionary(g => g.Key, g => g.ToList(), StringComparer.Ordinal);
        // What is known, looked up once: rows read below may push others out of memory.
        var known = byRow.ToDictionary(g => g.Key, g => Known(g.Key, g.Value, flight), StringComparer.Ordinal);
        var stale = byRow.Where(g => NeedsRead(known[g.Key], g.Value, flight)).ToList();
        var fresh = await ReadNeighboursAsync([.. stale.Where(g => !g.Value.Exists(r => r.NeedsData)).Select(g => g.Key)]);
        foreach (var chunk in stale.Where(g => !fresh.ContainsKey(g.Key)).Chunk(MaxParallelReads))
        {
            var read = await Task.WhenAll(chunk.Select(group => ReadAsync(group.Key, group.Value.Exists(r => r.NeedsData))));
            for (var i = 0; i < chunk.Length; i++)
                fresh[chunk[i].Key] = read[i];
        }

        if (locks is not null)
        {
            await KnowLocksAsync(byRow.SelectMany(g => (fresh.TryGetValue(g.Key, out var read) ? read.Row : known[g.Key]) is { } row
                ? g.Value.Select(request => (row, request))
                : []));
        }

        var handled = new HashSet<SettleRequest>();
        foreach (var (key, requests) in byRow)
        {
            var (row, fault) = fresh.TryGetValue(key, out var read) ? read : (known[key], null);
            foreach (var request in requests)
            {
                if (fault is { } happened)
                {
                    request.Complete(!request.IsInDoubt ? happened.ToReadFailure() : new Failure.OutcomeUnknown(happened.RetryAfter));
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

    /// <summary>
    /// The row as memory has it; or, where that does not suffice, as the receipt does. A row that has changed since is not written, for its
    /// ETag has changed, too: then it is read.
    /// </summary>
    private BatchRow? Known(string key, List<SettleRequest> requests, Flight flight)
    {
        var row = cache.Find(key)?.Row;
        return requests is [{ AsLeased: { } leased, Settlement: Settlement.Ack }] && NeedsRead(row, requests, flight) ? leased : row;
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
            if (request.Kind != SettleKind.Settlement)
            {
                if (Unasked(row, state, request, flight) is null)
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
        if (request.Kind != SettleKind.Settlement)
        {
            if (Unasked(row, state, request, flight) is not { } then)
                edit.Settled.Add((request, new Settled(SettleStatus.LeaseLost)));
            else
                Apply(flight, edit, request, then);
            return true;
        }

        switch (Settling.Decide(state, request.Lease, request.Settlement, flight.Policy, flight.Now))
        {
            case Settling.Lost when request.IsInDoubt:
                request.Complete(request.WhenLost(state, flight.Now));
                return true;
            case Settling.Lost:
                edit.Settled.Add((request, new Settled(SettleStatus.LeaseLost)));
                return true;
            case Settling.Changed({ IsLeased: true }) when IsTakenByOthers(flight, edit, request):
                edit.Settled.Add((request, new Settled(SettleStatus.LeaseLost)));
                return true;
            case Settling.Changed(var changed):
                Apply(flight, edit, request, changed);
                return true;
            case Settling.DeadLettered(var reason):
                if (row.Data is null)
                {
                    request.NeedsData = true;
                    return false;
                }

                edit.DeadLetter(request.Slot, reason);
                flight.LockOf(row.Index.Messages[request.Slot].GroupHash)?.Remove(request.Lease);
                edit.Settled.Add((request, new Settled(SettleStatus.Ok)));
                return true;
            default:
                throw new InvalidOperationException("An unknown decision.");
        }
    }

    /// <summary>What a release or a cancellation makes of the message; null when there is nothing to release or cancel.</summary>
    private static MessageState? Unasked(BatchRow row, in MessageState state, SettleRequest request, Flight flight) => request.Kind switch
    {
        SettleKind.Release when state.IsLeased && state.LeaseId == request.Lease => Delivery.Release(state, flight.Policy, flight.Now),
        SettleKind.Cancel when Delivery.IsHeldBack(state, row.Index.Messages[request.Slot], flight.Policy, flight.Now) => state with { Status = SlotStatus.Done },
        _ => null,
    };

    /// <summary>Whether a lease that is to be prolonged has ended and another message of its group is out meanwhile.</summary>
    private static bool IsTakenByOthers(Flight flight, RowEdit edit, SettleRequest request) =>
        flight.LockOf(edit.Row.Index.Messages[request.Slot].GroupHash) is { } group && !group.Lists(request.Lease) && group.Holds(flight.Policy, flight.Now);

    private static void Apply(Flight flight, RowEdit edit, SettleRequest request, MessageState then)
    {
        var group = flight.LockOf(edit.Row.Index.Messages[request.Slot].GroupHash);
        if (group is not null && then.IsLeased)
        {
            // A lease from before the last claim is taken up again: those of that claim have ended, and for good.
            if (!group.Lists(then.LeaseId))
                group.Take();
            group.Set(new LockedLease(then.LeaseId, then.VisibleAt, Extended: true));
        }
        else
        {
            group?.Remove(request.Lease);
        }

        if (then.Status == SlotStatus.Done)
            edit.End(request.Slot);
        else if (then.Status == SlotStatus.Ready)
            edit.Return(request.Slot, then);
        else
            edit.Set(request.Slot, then);
        edit.Settled.Add((request, new Settled(SettleStatus.Ok, request.Settlement is Settlement.Extend ? then.VisibleAt : null)));
    }
}

using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Groups;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>What a flight makes of one request to settle, given the message's row.</summary>
internal static class FlightSettling
{
    /// <summary>Whether memory does not suffice: the row is unknown, its bodies are needed, or it says that a lease is lost.</summary>
    public static bool NeedsRead(BatchRow? row, List<SettleRequest> requests, Flight flight)
    {
        if (row is null)
            return true;
        foreach (var request in requests)
        {
            if (request.MustReload || IsOver(row, request, flight) || (request.NeedsData && row.Data is null))
                return true;
            if (
                row.Data is not null
                || request.Kind != SettleKind.Settlement
                || Decide(row.State[request.Slot], request, flight) is not Settling.DeadLettered
            )
                continue;
            request.NeedsData = true;
            return true;
        }

        return false;
    }

    /// <summary>Whether there is nothing left to be done for a request.</summary>
    public static bool IsOver(BatchRow? row, SettleRequest request, Flight flight)
    {
        if (row is null || request.Slot >= row.Count)
            return true;
        var state = row.State[request.Slot];
        return request.Kind == SettleKind.Settlement
            ? Decide(state, request, flight) is Settling.Lost
            : Unasked(row, state, request, flight) is null;
    }

    /// <summary>Puts a request into the flight, or answers it; false when it must wait for the next flight.</summary>
    /// <param name="fates">Of the lost writes for requests that are over.</param>
    public static bool TrySettle(Flight flight, BatchRow? row, SettleRequest request, Dictionary<Flight, Fate> fates)
    {
        if (row is null || request.Slot >= row.Count || (request.IsInDoubt && IsOver(row, request, flight)))
        {
            request.Complete(request.WhenOver(row, IsHeld(row, request, flight), fates));
            return true;
        }

        if (!flight.HasRoomFor(row, request.Slot))
            return false;
        var edit = flight.Edit(row);
        var state = edit.State[request.Slot];
        if (request.Kind != SettleKind.Settlement)
        {
            if (Unasked(row, state, request, flight) is { } then)
                Apply(flight, edit, request, then);
            else
                edit.Settled.Add((request, new Settled(SettleStatus.LeaseLost) { IsHeld = IsHeld(row, request, flight) }));
            return true;
        }

        switch (Decide(state, request, flight))
        {
            case Settling.Lost:
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

                if (!request.TryEngage())
                    return true;
                edit.DeadLetter(request.Slot, reason);
                flight.LockOf(row.Index.Messages[request.Slot].GroupHash)?.Remove(request.Lease);
                edit.Settled.Add((request, new Settled(SettleStatus.Ok)));
                return true;
            default:
                throw new InvalidOperationException("An unknown decision.");
        }
    }

    private static Settling Decide(in MessageState state, SettleRequest request, Flight flight) =>
        Settling.Decide(state, request.Lease, request.Settlement, flight.Policy, flight.Now);

    private static bool IsHeld(BatchRow? row, SettleRequest request, Flight flight) =>
        row is not null && request.Slot < row.Count && Delivery.IsHeld(flight.StateOf(row, request.Slot), flight.Policy, flight.Now);

    /// <summary>What a release, a cancellation or a removal makes of the message; null when there is nothing to be done.</summary>
    private static MessageState? Unasked(BatchRow row, in MessageState state, SettleRequest request, Flight flight) =>
        request.Kind switch
        {
            SettleKind.Release when state.IsLeased && state.LeaseId == request.Lease => Delivery.Release(state, flight.Policy, flight.Now),
            SettleKind.Cancel when Delivery.IsHeldBack(state, row.Index.Messages[request.Slot], flight.Policy, flight.Now) => state with
            {
                Status = SlotStatus.Done,
            },
            SettleKind.Remove when Delivery.CanRemove(state, row.Index.Messages[request.Slot], flight.Policy, flight.Now) => state with
            {
                Status = SlotStatus.Done,
            },
            _ => null,
        };

    /// <summary>Whether a lease that is to be prolonged had ended when others took the group, who have not given it back.</summary>
    private static bool IsTakenByOthers(Flight flight, RowEdit edit, SettleRequest request) =>
        flight.LockOf(edit.Row.Index.Messages[request.Slot].GroupHash) is { } group
        && !group.Lists(request.Lease)
        && group.Holds(flight.Policy, flight.Now);

    private static void Apply(Flight flight, RowEdit edit, SettleRequest request, MessageState then)
    {
        if (!request.TryEngage())
            return;
        var group = flight.LockOf(edit.Row.Index.Messages[request.Slot].GroupHash);
        if (group is not null && then.IsLeased)
        {
            // A lease from before the last claim is taken up again: those of that claim have ended, and for good.
            if (!group.Lists(then.LeaseId))
                group.Take(flight.Policy, flight.Now);
            group.Set(new LockedLease(then.LeaseId, then.VisibleAt, Extended: true));
        }
        else
        {
            // Of a message removed by its id: a lease that has ended.
            group?.Remove(request.Kind == SettleKind.Remove ? then.LeaseId : request.Lease);
        }

        if (then.Status == SlotStatus.Done)
            edit.End(request.Slot);
        else if (then.Status == SlotStatus.Ready && request.Settlement is not Settlement.EndLease)
            edit.Return(request.Slot, then);
        else
            edit.Set(request.Slot, then);
        edit.Settled.Add((request, new Settled(SettleStatus.Ok, request.Settlement is Settlement.Extend ? then.VisibleAt : null)));
    }
}

using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Groups;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>Gives messages to receivers in one flight, as it is told of them: as many to one as it asked for, then to the next.</summary>
internal sealed class LeaseGiver(EngineContext context, ReceiverQueue receivers, Flight flight)
{
    private Claim? claim;

    /// <summary>Messages that the receiver whose turn it is still takes; 0: nobody is left.</summary>
    public int Room => claim is null ? receivers.LargestRequest() : claim.Receiver.Request.MaxMessages - claim.Messages.Count;

    /// <summary>Whether a receiver is there, who must then be given something.</summary>
    public bool HasReceiver()
    {
        // In the flight from here on, so that the receiver is answered whatever happens.
        if (claim is null && receivers.TryTake() is { } receiver)
            flight.Claims.Add(claim = new Claim(receiver, []));
        return claim is not null;
    }

    /// <summary>Gives a message to the receiver that is there; true when that one has all it asked for.</summary>
    public bool Give(BatchRow row, int slot)
    {
        var (edit, receiver, lease) = (flight.EditWithBodies(row), claim!.Receiver, context.NextLease());
        var state = edit.State[slot];
        if (state.IsLeased)
            edit.Upkeep.Redelivered++;
        MessageState given;
        // Also when it is not written: the messages of a group change together or not at all.
        var group = flight.LockOf(row.Index.Messages[slot].GroupHash);
        // Its last lease is over, whatever clocks say of its end.
        group?.Remove(state.LeaseId);
        if (receiver.Request.Delete)
        {
            given = Delivery.Take(state, lease, flight.Now, flight.Policy);
            edit.Take(slot, given);
        }
        else
        {
            given = Delivery.Lease(state, lease, flight.Now, flight.Now + receiver.VisibilityTimeout, flight.Policy);
            edit.Set(slot, given);
            group?.Take(flight.Policy, flight.Now);
            group?.Set(new LockedLease(lease, given.VisibleAt, Extended: false));
        }

        claim.Messages.Add(new ClaimedMessage(edit, slot, given));
        if (claim.Messages.Count < receiver.Request.MaxMessages)
            return false;
        claim = null;
        return true;
    }
}

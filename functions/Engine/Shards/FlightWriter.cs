using Azure;
using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Groups;
using FuncQueue.Engine.Registry;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>Writes flights and tells everybody concerned what became of them.</summary>
internal sealed class FlightWriter(
    EngineContext context,
    ShardTable table,
    IShardHost host,
    ActivityMarker activity,
    KnownShard shard,
    ILeasePlan leases,
    SettlePlan settlements,
    LostFlights lostFlights,
    FlightConflict conflict
)
{
    /// <summary>How often a change whose answer was lost is sent, while the rows show that it has not been carried out.</summary>
    private const int MaxSends = 3;

    public async Task WriteAsync(Round round, Flight flight)
    {
        if (await round.DuringAsync(activity.EnsureAsync().AsTask()) is { } unmarked)
        {
            Fail(flight, unmarked);
            return;
        }

        lostFlights.Sending(flight);
        for (var lost = 0; ; )
        {
            var transaction = flight.Compose(table);
            if (transaction.Operations.Count == 0)
            {
                Succeed(flight, []);
                return;
            }

            switch (await round.CommitAsync(transaction))
            {
                case WriteResult.Done done:
                    Succeed(flight, done.ByOwner);
                    return;
                case WriteResult.Conflict(var owner) when lost == 0:
                    context.Metrics.Conflict(host.Queue);
                    await round.DuringAsync(conflict.TakeOutAsync(flight, owner));
                    break;
                // Of a conflict, too, if one was lost before: what is in the way may be our own write, arriving late.
                case var open and (WriteResult.Conflict or WriteResult.Failed({ Kind: FaultKind.Uncertain })):
                    if (open is WriteResult.Failed)
                        EngineLog.AnswerLost(context.Log, host.Queue.Value, RowKeys.Partition(table.Shard));
                    var (fate, unread) = await round.DuringAsync(lostFlights.FindOutAsync(flight));
                    // The very same change again: of two writes with one If-Match at most one is carried out, and the leases in both are
                    // the same.
                    if (open is WriteResult.Failed && ++lost < MaxSends && fate == Fate.Adrift)
                        break;
                    TakeIn(flight, fate, unread);
                    return;
                case WriteResult.Failed({ Kind: FaultKind.Throttled } refusal)
                    when !await round.DuringAsync(lostFlights.IsUntouchedAsync(flight)):
                    var (then, notRead) = await round.DuringAsync(lostFlights.FindOutAsync(flight));
                    // It will not arrive any more; an earlier one may.
                    if (then == Fate.Adrift)
                        Fail(flight, lost > 0 ? new Failure.OutcomeUnknown(refusal.RetryAfter) : refusal.ToFailure());
                    else
                        TakeIn(flight, then, notRead);
                    return;
                case WriteResult.Failed(var fault):
                    Fail(flight, lost > 0 ? new Failure.OutcomeUnknown(fault.RetryAfter) : fault.ToFailure());
                    return;
            }
        }
    }

    /// <summary>Tells everybody concerned that the flight could not be written.</summary>
    public void Fail(Flight flight, Failure failure)
    {
        Forget(flight);
        foreach (var edit in flight.Edits)
        {
            foreach (var (request, _) in edit.Settled)
                request.Fail(failure);
            edit.UpkeepFor?.Fail(new InvalidOperationException($"The upkeep could not be written: {failure}."));
        }

        foreach (var claim in flight.Claims)
            claim.Receiver.TryComplete(failure);
    }

    private void Succeed(Flight flight, IEnumerable<(WriteOwner Owner, ETag ETag)> written)
    {
        var (seen, now) = (CachedRow.Stamp(), context.Now);
        foreach (var (owner, etag) in written)
        {
            switch (owner)
            {
                case LockEdit group:
                    shard.Locks!.Learn(group.Group, group.IsOver ? null : new GroupLock(group.Group, [.. group.Leases], etag), seen);
                    break;
                case RowEdit { IsOver: true } row:
                    row.Written = etag;
                    shard.Gone(row.Row.Key, seen);
                    break;
                case RowEdit row:
                    row.Written = etag;
                    var entry = shard.Remember(row.Row with { State = row.State, ETag = etag }, seen);
                    if (entry.ActionableAt > now)
                        shard.Rows.DropData(entry);
                    break;
            }
        }

        CarriedOut(flight);
    }

    /// <summary>
    /// Takes in what became of a flight whose answer was lost. A change that is not there is decided again: should the lost write arrive
    /// late, its If-Match no longer holds once we have written.
    /// </summary>
    private void TakeIn(Flight flight, Fate fate, HashSet<RowEdit> unread)
    {
        Forget(flight);
        switch (fate)
        {
            case Fate.CarriedOut:
                CarriedOut(flight);
                return;
            case Fate.Void:
                foreach (var (request, _) in flight.Edits.SelectMany(e => e.Settled))
                    settlements.Retry(request);
                flight.Claims.ForEach(claim => host.Return(claim.Receiver));
                return;
            default:
                foreach (var (request, outcome) in flight.Edits.SelectMany(e => e.Settled))
                {
                    // What was to be told that its lease is lost may have lost it by what this very flight was to do.
                    if (outcome.Status == SettleStatus.Ok)
                        request.Lose(flight, outcome);
                    settlements.Retry(request);
                }

                foreach (var claim in flight.Claims)
                {
                    // A removal may arrive yet, or have been there: then the message is gone for good. A lease only ends.
                    if (claim.Receiver.Request.Delete || claim.Messages.Exists(m => unread.Contains(m.Edit)))
                        claim.Receiver.TryComplete(new Failure.OutcomeUnknown(StorageFault.DefaultRetryAfter));
                    else
                        host.Return(claim.Receiver);
                }

                return;
        }
    }

    /// <summary>Tells everybody concerned that the flight was carried out.</summary>
    private void CarriedOut(Flight flight)
    {
        lostFlights.CarriedOut(flight);
        foreach (var edit in flight.Edits)
        {
            foreach (var (request, outcome) in edit.Settled)
                request.Complete(outcome);
            UpkeepReport.Tell(context, host.Queue, edit);
        }

        var now = context.Now;
        Count(flight, now);
        foreach (var claim in flight.Claims)
        {
            leases.Written(claim);
            Handover.Complete(
                context,
                host,
                claim.Receiver,
                claim.Messages.ConvertAll(m => new Leased(m.Edit.Row, m.Slot, m.State, m.Edit.Written)),
                now,
                request => settlements.Add([request])
            );
        }
    }

    private void Count(Flight flight, DateTimeOffset now)
    {
        MessageCounts sum = default;
        foreach (var edit in flight.Edits)
            sum = sum.Plus(Standing.Difference(edit.Row.State, edit.State, edit.Row.Index.Messages, host.Policy, now))
                .Plus(MessageStatus.DeadLettered, edit.DeadLetters.Count);
        context.Metrics.Tallies.Changed(host.Queue, table.Shard, sum, now);
    }

    /// <summary>What is known of what the flight was to change may be old.</summary>
    private void Forget(Flight flight)
    {
        shard.Distrust(flight.Locks);
        foreach (var edit in flight.Edits)
            shard.Rows.Remove(edit.Row.Key);
    }
}

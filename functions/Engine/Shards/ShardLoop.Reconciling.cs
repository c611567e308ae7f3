using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <content>Finding out what became of a flight whose answer was lost.</content>
internal sealed partial class ShardLoop
{
    /// <summary>What stands at this loop's place for marks, as far as is known; null: nothing.</summary>
    private LeaseId? lastMark;

    private enum Fate
    {
        CarriedOut,

        /// <summary>It has not been carried out, and can never be: a row that it changes has changed meanwhile, so its If-Match fails.</summary>
        Void,

        /// <summary>No row that could be read has changed: it may arrive yet.</summary>
        Adrift,

        Unknown,
    }

    /// <summary>
    /// The rows are read again, and tell by what only this flight writes whether it was carried out: it was as a whole, or not at all. A
    /// change that is not there is decided again: should the lost write arrive late, its If-Match no longer holds once we have written.
    /// </summary>
    private async Task ReconcileAsync(Flight flight)
    {
        Distrust(flight.Locks);
        foreach (var edit in flight.Edits)
            cache.Remove(edit.Row.Key);
        var changed = flight.Edits.Where(e => e.Changed).ToList();
        var found = await LookAsync(changed);
        switch (await FateOfAsync(flight, changed, found))
        {
            case Fate.CarriedOut:
                Marked(flight);
                foreach (var (request, outcome) in flight.Edits.SelectMany(e => e.Settled))
                    request.Complete(outcome);
                foreach (var edit in changed)
                    CountUpkeep(edit);
                foreach (var claim in flight.Claims)
                    HandOver(claim, claim.Messages, context.Now);
                return;
            case Fate.Void:
                foreach (var (request, _) in flight.Edits.SelectMany(e => e.Settled))
                    Retry(request);
                flight.Claims.ForEach(claim => host.Return(claim.Receiver));
                return;
            default:
                var unknown = new Failure.OutcomeUnknown(StorageFault.DefaultRetryAfter);
                foreach (var edit in flight.Edits)
                {
                    foreach (var (request, outcome) in edit.Settled)
                        Reconcile(edit, found.GetValueOrDefault(edit), request, outcome);
                }

                foreach (var claim in flight.Claims)
                {
                    // A removal may arrive yet, or have been there: then the message is gone for good. A lease only ends.
                    if (claim.Receiver.Request.Delete || claim.Messages.Exists(m => !found.ContainsKey(m.Edit)))
                        claim.Receiver.TryComplete(unknown);
                    else
                        host.Return(claim.Receiver);
                }

                return;
        }
    }

    /// <summary>The rows as they are now, null when gone; those that cannot be read are left out.</summary>
    private async Task<Dictionary<RowEdit, BatchRow?>> LookAsync(IEnumerable<RowEdit> edits)
    {
        var found = new Dictionary<RowEdit, BatchRow?>();
        foreach (var chunk in edits.Chunk(MaxParallelReads))
        {
            await Task.WhenAll(chunk.Select(async edit =>
            {
                try
                {
                    var row = await table.ReadAsync(edit.Row.Key, withData: false, CancellationToken.None);
                    lock (found)
                        found.Add(edit, row);
                }
                catch (StorageFaultException)
                {
                    // Left out.
                }
            }));
        }

        return found;
    }

    /// <summary>The flight was carried out.</summary>
    private void Marked(Flight flight)
    {
        if (flight.LeavesNoTrace)
            lastMark = flight.Mark;
    }

    private async Task<Fate> FateOfAsync(Flight flight, List<RowEdit> changed, Dictionary<RowEdit, BatchRow?> found)
    {
        if (found.Any(f => f.Value is { } row && f.Key.WasCarriedOut(row) == true))
            return Fate.CarriedOut;
        if (found.All(f => f.Value?.ETag == f.Key.Row.ETag))
            return Fate.Adrift;
        if (found.Any(f => f.Value is { } row && row.ETag != f.Key.Row.ETag && f.Key.WasCarriedOut(row) == false))
            return Fate.Void;
        // What was read before that row changed may have changed with it: only a look from now on tells.
        foreach (var (edit, row) in await LookAsync(changed.Where(e => found.GetValueOrDefault(e) is not null)))
        {
            if (row is not null && edit.WasCarriedOut(row) is { } told)
                return told ? Fate.CarriedOut : Fate.Void;
        }

        if (!flight.LeavesNoTrace)
            return Fate.Unknown;
        try
        {
            var mark = await table.ReadEntityAsync(FlightMark.RowKey(context.Process, flight.Policy.Source), null, CancellationToken.None);
            return FlightMark.WasCarriedOut(flight.Mark, lastMark, mark) switch { true => Fate.CarriedOut, false => Fate.Void, null => Fate.Unknown };
        }
        catch (StorageFaultException)
        {
            return Fate.Unknown;
        }
    }

    /// <summary>Takes in what a row says of one request when the fate of the whole is open; null: it is gone, or could not be read.</summary>
    private void Reconcile(RowEdit edit, BatchRow? row, SettleRequest request, Settled outcome)
    {
        var (before, wanted) = (edit.Row.State[request.Slot], edit.State[request.Slot]);
        var now = row?.State[request.Slot];
        if (outcome.Status == SettleStatus.LeaseLost)
        {
            // By what this very flight was to do, maybe.
            Retry(request);
        }
        else if (now == wanted)
        {
            request.Complete(outcome);
        }
        else if (now == before || IsHeldStill())
        {
            // The lost write may arrive after all, before the next one does: then the next must know it for its own.
            var held = host.ClockIsCertain && before.IsLeased && before.LeaseId == request.Lease;
            request.Doubt(wanted, held ? before.VisibleAt : DateTimeOffset.MinValue);
            Retry(request);
        }
        else
        {
            request.Complete(new Failure.OutcomeUnknown(StorageFault.DefaultRetryAfter));
        }

        // The same lease, in another state than ours: another wish of its holder came first, as an extension during an ack.
        bool IsHeldStill() => request.Lease != default && now is { } state && state.LeaseId == request.Lease && state.Status != SlotStatus.Done;
    }
}

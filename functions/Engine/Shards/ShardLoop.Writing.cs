using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Groups;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <content>Writing a flight, and finding out what became of it.</content>
internal sealed partial class ShardLoop
{
    /// <summary>How often a change whose answer was lost is sent, while the rows show that it has not been carried out.</summary>
    private const int MaxSends = 3;

    private async Task WriteAsync(Flight flight)
    {
        if (await commits.DuringAsync(activity.EnsureAsync().AsTask()) is { } unmarked)
        {
            Fail(flight, unmarked);
            return;
        }

        for (var lost = 0; ;)
        {
            var (operations, owners) = flight.Build(table);
            if (operations.Count == 0)
            {
                Succeed(flight, owners, []);
                return;
            }

            switch (await commits.CommitAsync(operations, flight.Bytes))
            {
                case Commit.Done(var etags):
                    Succeed(flight, owners, etags);
                    return;
                // What is in the way may be our own write, whose answer was lost, arriving late.
                case Commit.Failed({ Kind: FaultKind.Conflict }) when lost > 0:
                    await commits.DuringAsync(ReconcileAsync(flight));
                    return;
                case Commit.Failed({ Kind: FaultKind.Conflict } fault):
                    context.Metrics.Conflict(host.Queue);
                    Contended(flight, owners[Math.Min(fault.FailedOperation, owners.Count - 1)]);
                    break;
                case Commit.Failed({ Kind: FaultKind.Uncertain }):
                    EngineLog.AnswerLost(context.Log, host.Queue.Value, RowKeys.Partition(table.Shard));
                    // Untouched rows are sent the very same change again: of two writes with one If-Match at most one is carried out,
                    // and the leases in both are the same.
                    if (++lost < MaxSends && await commits.DuringAsync(IsUntouchedAsync(flight)))
                        break;
                    await commits.DuringAsync(ReconcileAsync(flight));
                    return;
                case Commit.Failed(var fault):
                    Fail(flight, lost > 0 ? new Failure.OutcomeUnknown(fault.RetryAfter) : fault.ToFailure());
                    return;
            }
        }
    }

    /// <summary>Whether every row is still as it was before the write.</summary>
    private async Task<bool> IsUntouchedAsync(Flight flight)
    {
        try
        {
            var rows = await Task.WhenAll(flight.Edits.Where(e => e.Changed).Select(async edit =>
                (edit, now: await table.ReadAsync(edit.Row.Key, withData: false, CancellationToken.None))));
            return Array.TrueForAll(rows, r => r.now?.ETag == r.edit.Row.ETag);
        }
        catch (StorageFaultException)
        {
            return false;
        }
    }

    private void Succeed(Flight flight, List<FlightPart> owners, IReadOnlyList<Azure.ETag> etags)
    {
        var seen = CachedRow.Stamp();
        var now = context.Now;
        RowEdit? last = null;
        for (var i = 0; i < owners.Count; i++)
        {
            if (owners[i].Lock is { } group)
                locks!.Learn(group.Group, group.IsOver ? null : new GroupLock(group.Group, [.. group.Leases], etags[i]), seen);
            // An edit's first operation is the one on its row.
            if (owners[i].Row is not { } row || ReferenceEquals(row, last))
                continue;
            last = row;
            if (last.IsOver)
            {
                ForgetGone(last.Row.Key, seen);
                continue;
            }

            var entry = Remember(last.Row with { State = last.State, ETag = etags[i] }, seen);
            if (entry.ActionableAt > now)
                cache.DropData(entry);
        }

        foreach (var edit in flight.Edits)
        {
            foreach (var (request, outcome) in edit.Settled)
                request.Complete(outcome);
            CountUpkeep(edit);
        }

        foreach (var claim in flight.Claims)
        {
            if (claim.Messages.Count > 0)
                rivals.Leased(claim.Messages[0].Edit.Row);
            HandOver(claim, claim.Messages, now);
        }
    }

    private void HandOver(Claim claim, List<ClaimedMessage> messages, DateTimeOffset now) =>
        Handover.Complete(context, host, claim.Receiver, messages.ConvertAll(m => new Leased(m.Edit.Row, m.Slot, m.State)), now, pending.Add);

    /// <summary>Another process wrote this row or lock first: what concerns it is decided again on what is there now, the rest goes on.</summary>
    private void Contended(Flight flight, FlightPart part)
    {
        var (rows, distrusted) = flight.Drop(part);
        Distrust(distrusted);
        scatter = true;
        Meet(flight, part);
        foreach (var edit in rows)
        {
            cache.Remove(edit.Row.Key);
            foreach (var (request, _) in edit.Settled)
                Retry(request);
        }

        foreach (var claim in flight.Claims.ToList())
        {
            claim.Messages.RemoveAll(m => rows.Contains(m.Edit));
            if (claim.Messages.Count > 0)
                continue;
            flight.Claims.Remove(claim);
            host.Return(claim.Receiver);
        }
    }

    /// <summary>Where there is one conflict there are more: what was known of others' messages is forgotten, to go on elsewhere.</summary>
    private void Meet(Flight flight, FlightPart part)
    {
        if (part.Row is not { } met || locks is not null)
            return;
        var claimed = flight.Claims.Exists(c => c.Messages.Exists(m => ReferenceEquals(m.Edit, met)));
        rivals.Met(met.Row, claimed, context.Now);
        if (!claimed)
            return;
        cache.RemoveWhere(row => !rivals.IsOurs(row));
        host.LookAgain();
    }

    private void Retry(SettleRequest request)
    {
        request.MustReload = true;
        if (++request.Attempts < MaxAttempts)
            pending.Add(request);
        else
            request.Complete(request.Doubt is null
                ? new Failure.StorageUnavailable(StorageFault.DefaultRetryAfter)
                : new Failure.OutcomeUnknown(StorageFault.DefaultRetryAfter));
    }

    private void Fail(Flight flight, Failure failure)
    {
        Distrust(flight.Locks);
        foreach (var edit in flight.Edits)
        {
            cache.Remove(edit.Row.Key);
            foreach (var (request, _) in edit.Settled)
                request.Complete(request.Doubt is null ? failure : new Failure.OutcomeUnknown(StorageFault.DefaultRetryAfter));
            edit.UpkeepFor?.Fail(new InvalidOperationException($"The upkeep could not be written: {failure}."));
        }

        foreach (var claim in flight.Claims)
            claim.Receiver.TryComplete(failure);
    }

    private void CountUpkeep(RowEdit edit)
    {
        var done = edit.Upkeep;
        if (done.Redelivered > 0)
            context.Metrics.LeasesExpired(host.Queue, done.Redelivered);
        if (done.Expired > 0)
            context.Metrics.Expired(host.Queue, done.Expired);
        if (edit.DeadLetters.Count > 0)
        {
            context.Metrics.DeadLettered(host.Queue, edit.DeadLetters.Count);
            context.DeadLettered?.Invoke(host.Queue);
            EngineLog.DeadLettered(context.Log, edit.DeadLetters.Count, host.Queue.Value, Reasons.ForLog(edit.DeadLetters[0].Reason));
        }

        if (edit.UpkeepFor?.Counts is { } counts)
        {
            counts.Redelivered += done.Redelivered;
            counts.DeadLettered += done.DeadLettered;
            counts.Expired += done.Expired;
        }
    }

    /// <summary>
    /// The answer of the write was lost. Each row is read again, and each message tells by its lease whether the change is there. A
    /// change that is not there is decided again: should the lost write arrive late, its If-Match no longer holds once we have written.
    /// </summary>
    private async Task ReconcileAsync(Flight flight)
    {
        var found = new Dictionary<RowEdit, BatchRow?>();
        var unread = new HashSet<RowEdit>();
        Distrust(flight.Locks);
        foreach (var edit in flight.Edits.ToList())
        {
            cache.Remove(edit.Row.Key);
            try
            {
                found[edit] = await table.ReadAsync(edit.Row.Key, withData: false, CancellationToken.None);
            }
            catch (StorageFaultException)
            {
                unread.Add(edit);
            }
        }

        var now = context.Now;
        // A lease is nobody else's: one that is found tells that the whole transaction was carried out, rows that are gone included.
        if (flight.Claims.Exists(c => c.Messages.Exists(IsThere)))
        {
            foreach (var (request, outcome) in flight.Edits.SelectMany(e => e.Settled))
                request.Complete(outcome);
            foreach (var claim in flight.Claims)
                HandOver(claim, claim.Messages, now);
            return;
        }

        var unknown = new Failure.OutcomeUnknown(StorageFault.DefaultRetryAfter);
        foreach (var edit in flight.Edits)
        {
            if (unread.Contains(edit))
            {
                edit.Settled.ForEach(s => s.Request.Complete(unknown));
                continue;
            }

            foreach (var (request, outcome) in edit.Settled)
                Reconcile(edit, found[edit], request, outcome, now);
        }

        foreach (var claim in flight.Claims)
        {
            // A removal that is not there may arrive yet, or have been there: then the message is gone for good. A lease only ends.
            if (claim.Receiver.Request.Delete || claim.Messages.Exists(m => unread.Contains(m.Edit)))
                claim.Receiver.TryComplete(unknown);
            else
                host.Return(claim.Receiver);
        }

        bool IsThere(ClaimedMessage message) => found.TryGetValue(message.Edit, out var row) && row?.State[message.Slot] == message.State;
    }

    private void Reconcile(RowEdit edit, BatchRow? row, SettleRequest request, Settled outcome, DateTimeOffset now)
    {
        var before = edit.Row.State[request.Slot];
        // While the lease holds only this holder's wish, or a purge, can have ended it.
        var held = host.ClockIsCertain && before.IsLeased && before.LeaseId == request.Lease && now < before.VisibleAt;
        if (row is not null && (row.ETag == edit.Row.ETag || IsUntouched(row.State[request.Slot], before) || IsHeldStill(row.State[request.Slot])))
        {
            // The lost write may arrive after all, before the next one does: then the next must know it for its own.
            if (outcome.Status == SettleStatus.Ok)
                request.Doubt = (edit.State[request.Slot], held ? before.VisibleAt : DateTimeOffset.MinValue);
            Retry(request);
        }
        else if (outcome.Status == SettleStatus.Ok && row?.State[request.Slot] == edit.State[request.Slot])
            request.Complete(outcome);
        else if (outcome.Status == SettleStatus.Ok && held)
            request.Complete(outcome);
        else if (outcome.Status == SettleStatus.LeaseLost)
            request.Complete(outcome);
        else
            request.Complete(new Failure.OutcomeUnknown(StorageFault.DefaultRetryAfter));

        bool IsUntouched(MessageState now, MessageState then) => now == then && edit.State[request.Slot] != then;

        // The same lease, in another state than ours: another wish of its holder came first, as an extension during an ack.
        bool IsHeldStill(MessageState now) =>
            request.Lease != default && now.LeaseId == request.Lease && now.Status != SlotStatus.Done && now != edit.State[request.Slot];
    }
}

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
        Marked(flight);
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
            last.Written = etags[i];
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
        Handover.Complete(context, host, claim.Receiver, messages.ConvertAll(m => new Leased(m.Edit.Row, m.Slot, m.State, m.Edit.Written)), now, pending.Add);

    /// <summary>Another process wrote this row or lock first: what concerns it is decided again on what is there now, the rest goes on.</summary>
    private void Contended(Flight flight, FlightPart part)
    {
        var (rows, distrusted) = flight.Drop(part);
        Distrust(distrusted);
        scatter = true;
        if (locks is null && part.Row is { } met)
            rows = [.. rows, .. Meet(flight, met)];
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

    /// <summary>
    /// Where there is one conflict over a lease there are more: what was known of others' messages is forgotten, to go on elsewhere. If
    /// there are settlements in the flight, it leases from no more of their rows, lest these be sent once for each: such rows are returned.
    /// </summary>
    private List<RowEdit> Meet(Flight flight, RowEdit met)
    {
        var claimed = flight.Claims.Exists(c => c.Messages.Exists(m => ReferenceEquals(m.Edit, met)));
        rivals.Met(met.Row, claimed, context.Now);
        if (!claimed)
            return [];
        cache.RemoveWhere(row => !rivals.IsOurs(row));
        host.LookAgain();
        if (flight.Edits.All(e => e.Settled.Count == 0))
            return [];
        var theirs = flight.Edits.Where(e => e.Settled.Count == 0 && e.UpkeepFor is null && !rivals.IsOurs(e.Row)).ToList();
        theirs.ForEach(e => flight.Drop(new FlightPart(e, null)));
        return theirs;
    }

    private void Retry(SettleRequest request)
    {
        request.MustReload = true;
        if (++request.Attempts < MaxAttempts)
            pending.Add(request);
        else
            request.Complete(!request.IsInDoubt
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
                request.Complete(!request.IsInDoubt ? failure : new Failure.OutcomeUnknown(StorageFault.DefaultRetryAfter));
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
}

using System.Runtime.CompilerServices;
using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Transfers;

namespace FuncQueue.Engine.Queues;

/// <summary>
/// Makes dead letters live again: in their shard, where new message and old row change in one transaction, so that none is lost or doubled,
/// or in another queue.
/// </summary>
/// <param name="target">Another queue; null: their own.</param>
internal sealed class Redrive(EngineContext context, QueueRuntime queue, QueueRuntime? target)
{
    private const int MaxAttempts = 20;
    private const int ReadAtOnce = 32;

    private RedriveRequest asked = new();

    /// <summary>Moves the dead letters asked for. A failure after some were moved is never one that says that nothing happened.</summary>
    public async Task<Outcome<long>> MoveAsync(RedriveRequest request, CancellationToken cancellationToken)
    {
        long moved = 0;
        asked = request;
        var parts = request.MessageIds is { } ids
            ? MoveAsync([.. ids.Take(request.MaxMessages ?? int.MaxValue)], cancellationToken)
            : MoveAsync(request.MaxMessages ?? long.MaxValue, cancellationToken);
        try
        {
            await foreach (var part in parts)
            {
                if (!part.TryGetValue(out var some, out var failure))
                    return moved > 0 ? QueueCalls.InPart(failure) : failure;
                moved += some.Count;
            }
        }
        catch (StorageFaultException exception) when (moved > 0)
        {
            return new Failure.OutcomeUnknown(exception.Fault.RetryAfter);
        }

        return moved;
    }

    /// <summary>Moves up to <paramref name="most"/> of all dead letters.</summary>
    private async IAsyncEnumerable<Outcome<Moved>> MoveAsync(long most, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var shard in queue.Shards)
        {
            for (KeyRange? rest = RowKeys.Dead; rest is { } part && most > 0; )
            {
                var some = asked.Filter is null ? (int)Math.Min(ReadAtOnce, most) : ReadAtOnce;
                var page = await shard.Table.ReadPageAsync(part, some, withData: true, cancellationToken);
                var wanted = page.Rows.Where(IsMovable).Take((int)Math.Min(ReadAtOnce, most)).ToList();
                var outcome = await MoveAsync(shard, wanted, cancellationToken);
                yield return outcome;
                most -= outcome.TryGetValue(out var moved, out _) ? moved.Count : 0;
                rest = page.LastKey is { } last ? part.After(last) : null;
            }
        }
    }

    /// <summary>Moves the dead letters named; those that are not there, or leased, are passed over.</summary>
    private async IAsyncEnumerable<Outcome<Moved>> MoveAsync(
        IReadOnlyList<MessageId> ids,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        foreach (var id in ids.Distinct())
        {
            if (!MessageLocation.TryParse(id, out var location) || location.Shard >= queue.Shards.Count)
                continue;
            var shard = queue.Shards[location.Shard];
            var row = await shard.Table.ReadAsync(RowKeys.DeadLetter(location.Row.Key, location.Index), withData: true, cancellationToken);
            yield return await MoveAsync(shard, row is null ? [] : [row], cancellationToken);
        }
    }

    private async Task<Outcome<Moved>> MoveAsync(ShardRuntime shard, IReadOnlyList<BatchRow> rows, CancellationToken cancellationToken)
    {
        var movable = rows.Where(IsMovable).ToList();
        if (target is null)
            return await MoveAsync(shard, movable, resubmitted: null);
        if (await shard.Activity.EnsureAsync() is { } unmarked)
            return unmarked;
        return await new Mover(context, queue).MoveAsync(shard, movable, target, cancellationToken);
    }

    /// <summary>Makes dead letters live again in their own shard; those that change meanwhile stay.</summary>
    /// <param name="resubmitted">As what the only one is to be live again; null: as what they are.</param>
    public async Task<Outcome<Moved>> MoveAsync(ShardRuntime shard, List<BatchRow> remaining, Resubmitted? resubmitted)
    {
        if (await shard.Activity.EnsureAsync() is { } unmarked)
            return unmarked;
        var lost = new List<Attempt>();
        for (var attempt = 0; remaining.Count > 0; attempt++)
        {
            var head = queue.IsFifo ? await shard.Table.ReadHeadAsync(CancellationToken.None) : null;
            var dead = resubmitted is null ? remaining : remaining.ConvertAll(resubmitted.Edit.ApplyTo);
            var reborn = Rebirth.Compose(context, dead, shard, queue.Settings, head);
            var operations = remaining.Select(r => shard.Table.Delete(r.Key, r.ETag)).Concat(reborn.Select(ShardTable.Insert)).ToList();
            if (head is not null)
                operations.Add(head.Move(shard.Table.Shard, reborn[^1].SequenceEnd));
            if (resubmitted is not null)
                operations.AddRange(resubmitted.PayloadsOf(remaining[0], shard.Table, context.Now));
            switch (await shard.Table.CommitAsync(operations))
            {
                case Commit.Done(var etags):
                    Rebirth.Announce(shard, reborn, etags.Skip(remaining.Count), head);
                    return Tallied(shard, remaining.Count, reborn);
                case Commit.Failed(var fault) when attempt < MaxAttempts && (fault.MayHaveHappened || fault.Kind == FaultKind.Conflict):
                    if (fault.MayHaveHappened)
                        lost.Add(new Attempt(remaining, reborn));
                    try
                    {
                        // A write that was lost before may have arrived meanwhile, and be what this one met.
                        var fates = await Task.WhenAll(lost.Select(l => LostMove.OfRedriveAsync(shard.Table, l.Dead, l.Reborn)));
                        if (Array.IndexOf(fates, Fate.CarriedOut) is >= 0 and var done)
                            return Tallied(shard, lost[done].Dead.Count, lost[done].Reborn);
                        if (Array.Exists(fates, fate => fate is Fate.Open or Fate.LookAgain))
                            return new Failure.OutcomeUnknown(fault.RetryAfter);
                        // An answer came, so it will not arrive later.
                        if (fault.Kind == FaultKind.Throttled && fates is [Fate.Adrift])
                            return fault.ToFailure();
                        // Should one arrive later, its If-Match fails once ours is done.
                        remaining = await ReadAgainAsync(shard.Table, remaining);
                    }
                    catch (StorageFaultException) when (lost.Count > 0)
                    {
                        return new Failure.OutcomeUnknown(fault.RetryAfter);
                    }

                    break;
                case Commit.Failed(var fault):
                    // A write that was lost before may arrive yet.
                    return lost.Count > 0 ? QueueCalls.InPart(fault.ToFailure()) : fault.ToFailure();
            }
        }

        return Moved.Nothing;
    }

    private Moved Tallied(ShardRuntime shard, int messages, IEnumerable<BatchRow> reborn)
    {
        var difference = new MessageCounts(Ready: messages, 0, 0, DeadLettered: -messages);
        context.Metrics.Tallies.Changed(queue.Name, shard.Table.Shard, difference, context.Now);
        return new Moved(messages, Rebirth.IdsOf(reborn));
    }

    private async Task<List<BatchRow>> ReadAgainAsync(ShardTable table, List<BatchRow> rows)
    {
        var now = await Task.WhenAll(rows.Select(r => table.ReadAsync(r.Key, withData: true, CancellationToken.None)));
        return [.. now.OfType<BatchRow>().Where(IsMovable)];
    }

    /// <summary>Not while somebody holds it, and not once it is over.</summary>
    private bool IsMovable(BatchRow row) =>
        DeadLetters.IsMovable(row, 0, queue.PolicyFor(MessageSource.DeadLetters), context.Now)
        && (asked.OfReason is null || asked.OfReason(row.ContentOf(0).DeadLetterReason))
        && asked.Filter.Matches(row, 0, MessageSource.DeadLetters);

    /// <summary>A write whose answer was lost: dead letters, and the rows that they were to become.</summary>
    private sealed record Attempt(IReadOnlyList<BatchRow> Dead, IReadOnlyList<BatchRow> Reborn);
}

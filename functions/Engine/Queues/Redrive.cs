using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;
using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Shards;
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

    /// <summary>Moves the dead letters asked for. A failure after some were moved is never one that says that nothing happened.</summary>
    public async Task<Outcome<long>> MoveAsync(RedriveRequest request, CancellationToken cancellationToken)
    {
        long moved = 0;
        var parts = request.MessageIds is { } ids
            ? MoveAsync([.. ids.Take(request.MaxMessages ?? int.MaxValue)], cancellationToken)
            : MoveAsync(request.MaxMessages ?? long.MaxValue, cancellationToken);
        try
        {
            await foreach (var part in parts)
            {
                if (!part.TryGetValue(out var count, out var failure))
                    return moved > 0 ? QueueEngine.InPart(failure) : failure;
                moved += count;
            }
        }
        catch (StorageFaultException exception) when (moved > 0)
        {
            return new Failure.OutcomeUnknown(exception.Fault.RetryAfter);
        }

        return moved;
    }

    /// <summary>Moves up to <paramref name="most"/> of all dead letters.</summary>
    private async IAsyncEnumerable<Outcome<long>> MoveAsync(long most, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var shard in queue.Shards)
        {
            for (KeyRange? rest = RowKeys.Dead; rest is { } part && most > 0;)
            {
                var page = await shard.Table.ReadPageAsync(part, (int)Math.Min(ReadAtOnce, most), withData: true, cancellationToken);
                var outcome = await MoveAsync(shard, page.Rows, cancellationToken);
                yield return outcome;
                most -= outcome.TryGetValue(out var count, out _) ? count : 0;
                rest = page.LastKey is { } last ? part.After(last) : null;
            }
        }
    }

    /// <summary>Moves the dead letters named; those that are not there, or leased, are passed over.</summary>
    private async IAsyncEnumerable<Outcome<long>> MoveAsync(IReadOnlyList<MessageId> ids, [EnumeratorCancellation] CancellationToken cancellationToken)
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

    private async Task<Outcome<long>> MoveAsync(ShardRuntime shard, IReadOnlyList<BatchRow> rows, CancellationToken cancellationToken)
    {
        if (await shard.Activity.EnsureAsync() is { } unmarked)
            return unmarked;
        var remaining = rows.Where(IsMovable).ToList();
        if (target is not null)
            return await new Mover(context, queue).MoveAsync(shard, remaining, target, cancellationToken);
        var lost = false;
        for (var attempt = 0; remaining.Count > 0; attempt++)
        {
            var head = queue.IsFifo ? await shard.Table.ReadHeadAsync(CancellationToken.None) : null;
            var reborn = Rebirth.Compose(context, remaining, shard, queue.Settings, head);
            var operations = remaining.Select(r => shard.Table.Delete(r.Key, r.ETag)).Concat(reborn.Select(ShardTable.Insert)).ToList();
            if (head is not null)
                operations.Add(head.Move(shard.Table.Shard, reborn[^1].SequenceEnd));
            switch (await shard.Table.CommitAsync(operations))
            {
                case Commit.Done(var etags):
                    Rebirth.Announce(shard, reborn, etags.Skip(remaining.Count), head);
                    return remaining.Count;
                case Commit.Failed({ Kind: FaultKind.Conflict or FaultKind.Uncertain } fault) when attempt < MaxAttempts:
                    lost |= fault.Kind == FaultKind.Uncertain;
                    try
                    {
                        if (fault.Kind == FaultKind.Uncertain && await shard.Table.ReadAsync(reborn[0].Key, withData: false, CancellationToken.None) is not null)
                            return remaining.Count;
                        // A row has changed, or the write was lost: should it arrive late, its If-Match fails once ours is done.
                        remaining = await ReadAgainAsync(shard.Table, remaining);
                    }
                    catch (StorageFaultException) when (fault.Kind == FaultKind.Uncertain)
                    {
                        return fault.ToFailure();
                    }

                    break;
                case Commit.Failed(var fault):
                    // A write that was lost before may arrive yet.
                    return lost ? QueueEngine.InPart(fault.ToFailure()) : fault.ToFailure();
            }
        }

        return 0L;
    }

    private async Task<List<BatchRow>> ReadAgainAsync(ShardTable table, List<BatchRow> rows)
    {
        var now = await Task.WhenAll(rows.Select(r => table.ReadAsync(r.Key, withData: true, CancellationToken.None)));
        return [.. now.OfType<BatchRow>().Where(IsMovable)];
    }

    /// <summary>Not while somebody holds it, and not once it is over.</summary>
    private bool IsMovable(BatchRow row) =>
        row.State[0].Status != SlotStatus.Moving
        && MessageView.StatusOf(row.State[0], row.Index.Messages[0], queue.PolicyFor(MessageSource.DeadLetters), context.Now) is not null
        && !Upkeep.LeaseHolds(row.State[0], queue.PolicyFor(MessageSource.DeadLetters), context.Now);
}

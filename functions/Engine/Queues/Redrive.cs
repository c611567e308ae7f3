using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;
using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Shards;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Queues;

/// <summary>Makes dead letters live again in their shard: new message and old row change in one transaction, so none is lost or doubled.</summary>
internal sealed class Redrive(EngineContext context, QueueRuntime queue)
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
                var outcome = await MoveAsync(shard, page.Rows);
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
            yield return await MoveAsync(shard, row is null ? [] : [row]);
        }
    }

    private async Task<Outcome<long>> MoveAsync(ShardRuntime shard, IReadOnlyList<BatchRow> rows)
    {
        if (await shard.Activity.EnsureAsync() is { } unmarked)
            return unmarked;
        var remaining = rows.Where(IsMovable).ToList();
        var lost = false;
        for (var attempt = 0; remaining.Count > 0; attempt++)
        {
            var reborn = Split(remaining).Select(rows => Reborn(shard, rows)).ToList();
            var operations = remaining.Select(r => shard.Table.Delete(r.Key, r.ETag)).Concat(reborn.Select(ShardTable.Insert)).ToList();
            switch (await shard.Table.CommitAsync(operations))
            {
                case Commit.Done(var etags):
                    for (var i = 0; i < reborn.Count; i++)
                        shard.LoopOf(MessageSource.Live).Post(new Work.Inserted(reborn[i] with { ETag = etags[remaining.Count + i] }));
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

    /// <summary>Dead letters that become one row: of one lane, within a row's limits.</summary>
    private IEnumerable<List<BatchRow>> Split(List<BatchRow> rows)
    {
        foreach (var lane in rows.GroupBy(r => r.Birth.Lane))
        {
            var (part, bytes) = (new List<BatchRow>(), 0);
            foreach (var row in lane)
            {
                if (part.Count == context.Options.MaxMessagesPerRow || (part.Count > 0 && bytes + row.EncodedLength > EnqueueLoop.MaxRowBytes))
                {
                    yield return part;
                    (part, bytes) = ([], 0);
                }

                part.Add(row);
                bytes += row.EncodedLength;
            }

            yield return part;
        }
    }

    private async Task<List<BatchRow>> ReadAgainAsync(ShardTable table, List<BatchRow> rows)
    {
        var now = await Task.WhenAll(rows.Select(r => table.ReadAsync(r.Key, withData: true, CancellationToken.None)));
        return [.. now.OfType<BatchRow>().Where(IsMovable)];
    }

    /// <summary>Not while somebody holds it, and not once it is over.</summary>
    private bool IsMovable(BatchRow row) =>
        MessageView.StatusOf(row.State[0], row.Index.Messages[0], queue.PolicyFor(MessageSource.DeadLetters), context.Now) is not null
        && !Upkeep.LeaseHolds(row.State[0], queue.PolicyFor(MessageSource.DeadLetters), context.Now);

    private BatchRow Reborn(ShardRuntime shard, List<BatchRow> dead)
    {
        var now = context.Now;
        var birth = shard.Sequence.NextImmediate(dead[0].Birth.Lane);
        var encoded = dead.ConvertAll(r => MessageCodec.Encode(r.ContentOf(0) with
        {
            OriginalMessageId = r.IdOf(0),
            DeadLetterReason = null,
            DeadLetteredAt = null,
        }));
        return new BatchRow
        {
            Shard = shard.Table.Shard,
            Key = birth.Key,
            Birth = birth,
            FirstIndex = 0,
            ETag = default(ETag),
            State = [.. dead.Select(_ => MessageState.ReadyAt(now))],
            Index = new RowIndex(now, [.. dead.Select((r, i) => r.Index.Messages[0] with
            {
                EncodedLength = encoded[i].Length,
                ExpiresAt = now + queue.Settings.MessageTimeToLive,
            })]),
            Data = encoded.SelectMany(e => e).ToArray(),
        };
    }
}

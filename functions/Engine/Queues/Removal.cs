using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Deduplication;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Queues;

/// <summary>
/// Purging: deletes rows as they are, If-Match, leased messages too, and forgets the deduplication ids of what was there. With a filter the
/// messages that it means go out of their rows, and deduplication ids stay.
/// </summary>
/// <param name="filter">Null: every message goes.</param>
internal sealed class Removal(EngineContext context, QueueRuntime queue, MessageSource source, MessageFilter? filter)
{
    private const int MaxAttempts = 100;

    /// <summary>Most rows read at once with their bodies.</summary>
    private const int BodiesAtOnce = 32;

    private readonly bool withBodies = filter.NeedsBodies(source);

    /// <summary>
    /// Walks every shard once; not complete when time runs out, or when storage fails after some were dropped: a failure that says
    /// that nothing happened would be untrue.
    /// </summary>
    public async Task<Outcome<Purged>> PurgeAsync(CancellationToken cancellationToken)
    {
        var began = context.Time.GetTimestamp();
        long count = 0;
        try
        {
            foreach (var shard in queue.Shards)
            {
                if (await shard.Activity.EnsureAsync() is { } unmarked)
                    return Stopped(unmarked);
                var keys =
                    source == MessageSource.Live && filter is null ? await KeySnapshot.TakeAsync(shard.Table, cancellationToken) : null;
                for (KeyRange? rest = source == MessageSource.Live ? RowKeys.AllLive : RowKeys.Dead; rest is { } part; )
                {
                    if (IsTimeUp())
                        return new Purged(count, Complete: false);
                    var rows = withBodies ? BodiesAtOnce : ShardTable.MaxPageRows;
                    var page = await shard.Table.ReadPageAsync(part, rows, withBodies, cancellationToken);
                    if (!(await DeleteAsync(shard.Table, page.Rows, n => count += n)).TryGetValue(out _, out var failure))
                        return Stopped(failure);
                    rest = page.LastKey is { } last ? part.After(last) : null;
                }

                if (keys is not null && !await keys.ForgetAsync(shard.Table, IsTimeUp))
                    return new Purged(count, Complete: false);
            }
        }
        catch (StorageFaultException exception) when (count > 0)
        {
            return Stopped(exception.Fault.ToReadFailure());
        }

        return new Purged(count, Complete: true);

        bool IsTimeUp() => context.Time.GetElapsedTime(began) > context.Options.PurgeTimeLimit;

        Outcome<Purged> Stopped(Failure failure) =>
            count > 0 && failure is Failure.StorageUnavailable or Failure.StorageThrottled or Failure.QueueGone
                ? new Purged(count, Complete: false)
                : failure;
    }

    private async Task<Outcome<bool>> DeleteAsync(ShardTable table, IReadOnlyList<BatchRow> rows, Action<int> purged)
    {
        var remaining = new Queue<BatchRow>(rows);
        var (attempts, lost) = (0, false);
        while (remaining.Count > 0)
        {
            var part = await PurgePart.TakeAsync(table, remaining, Wants, queue.IsFifo, context.Now);
            if (part.Operations.Count == 0)
                continue;
            switch (await table.CommitAsync(part.Operations))
            {
                case Commit.Done(var etags):
                    purged(part.Messages);
                    var now = context.Now;
                    context.Metrics.Tallies.Changed(queue.Name, table.Shard, part.Difference(queue.PolicyFor(source), now), now);
                    if (part.Rest is { } rest)
                        remaining.Enqueue(rest with { ETag = etags[0] });
                    break;
                case Commit.Failed(var fault) when attempts++ < MaxAttempts && (fault.MayHaveHappened || fault.Kind == FaultKind.Conflict):
                    // Written by others meanwhile, or perhaps deleted by us: what is there now tells. The count may then miss some.
                    lost |= fault.Kind == FaultKind.Uncertain;
                    var doubtful = fault.MayHaveHappened ? part.Rows : [part.OwnerOf(fault.FailedOperation)];
                    foreach (var row in part.Rows.Except(doubtful))
                        remaining.Enqueue(row);
                    if (!await ReadAgainAsync(table, doubtful, remaining, fault, purged) && fault.Kind == FaultKind.Throttled)
                        return Refused(fault);
                    break;
                case Commit.Failed(var fault):
                    return Refused(fault);
            }
        }

        return true;

        // A write that was lost before may arrive yet.
        Failure Refused(StorageFault fault) => lost ? QueueCalls.InPart(fault.ToFailure()) : fault.ToFailure();
    }

    /// <summary>Reads rows that may have changed, and puts back those that are there; whether any had changed.</summary>
    private async Task<bool> ReadAgainAsync(
        ShardTable table,
        IEnumerable<BatchRow> doubtful,
        Queue<BatchRow> remaining,
        StorageFault fault,
        Action<int> purged
    )
    {
        var changed = false;
        foreach (var row in doubtful)
        {
            var now = await table.ReadAsync(row.Key, withBodies, CancellationToken.None);
            changed |= now?.ETag != row.ETag;
            if (now is not null)
                remaining.Enqueue(now);
            else if (fault.MayHaveHappened)
                purged(Enumerable.Range(0, row.Count).Count(slot => Wants(row, slot)));
        }

        return changed;
    }

    private bool Wants(BatchRow row, int slot) => row.State[slot].Status != SlotStatus.Done && filter.Matches(row, slot, source);
}

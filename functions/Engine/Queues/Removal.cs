using Azure.Data.Tables;
using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Groups;
using FuncQueue.Engine.Payloads;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Queues;

/// <summary>Purging: deletes rows as they are, If-Match, leased messages too.</summary>
internal sealed class Removal(EngineContext context, QueueRuntime queue)
{
    private const int MaxAttempts = 100;

    /// <summary>
    /// Walks every shard once; not complete when time runs out, or when storage fails after some were dropped: a failure that says
    /// that nothing happened would be untrue.
    /// </summary>
    public async Task<Outcome<Purged>> PurgeAsync(MessageSource source, CancellationToken cancellationToken)
    {
        var began = context.Time.GetTimestamp();
        long count = 0;
        try
        {
            foreach (var shard in queue.Shards)
            {
                if (await shard.Activity.EnsureAsync() is { } unmarked)
                    return Stopped(unmarked);
                for (KeyRange? rest = source == MessageSource.Live ? RowKeys.AllLive : RowKeys.Dead; rest is { } part;)
                {
                    if (context.Time.GetElapsedTime(began) > context.Options.PurgeTimeLimit)
                        return new Purged(count, Complete: false);
                    var page = await shard.Table.ReadPageAsync(part, ShardTable.MaxPageRows, withData: false, cancellationToken);
                    if (!(await DeleteAsync(shard.Table, page.Rows, n => count += n)).TryGetValue(out _, out var failure))
                        return Stopped(failure);
                    rest = page.LastKey is { } last ? part.After(last) : null;
                }
            }
        }
        catch (StorageFaultException exception) when (count > 0)
        {
            return Stopped(exception.Fault.ToReadFailure());
        }

        return new Purged(count, Complete: true);

        Outcome<Purged> Stopped(Failure failure) =>
            count > 0 && failure is Failure.StorageUnavailable or Failure.StorageThrottled ? new Purged(count, Complete: false) : failure;
    }

    private async Task<Outcome<bool>> DeleteAsync(ShardTable table, IReadOnlyList<BatchRow> rows, Action<int> purged)
    {
        var remaining = new Queue<BatchRow>(rows);
        var attempts = 0;
        var lost = false;
        while (remaining.Count > 0)
        {
            var (chunk, operations, owners) = await TakeAsync(table, remaining);
            switch (await table.CommitAsync(operations))
            {
                case Commit.Done:
                    purged(chunk.Sum(OpenIn));
                    break;
                case Commit.Failed({ Kind: FaultKind.Conflict or FaultKind.Uncertain } fault) when attempts++ < MaxAttempts:
                    // Written by others meanwhile, or perhaps deleted by us: look again at what is there now. The count may then miss some.
                    lost |= fault.Kind == FaultKind.Uncertain;
                    var doubtful = fault.Kind == FaultKind.Uncertain ? chunk : [owners[Math.Min(fault.FailedOperation, owners.Count - 1)]];
                    foreach (var row in chunk.Except(doubtful))
                        remaining.Enqueue(row);
                    foreach (var row in doubtful)
                    {
                        if (await table.ReadAsync(row.Key, withData: false, CancellationToken.None) is { } now)
                            remaining.Enqueue(now);
                        else if (fault.Kind == FaultKind.Uncertain)
                            purged(OpenIn(row));
                    }

                    break;
                case Commit.Failed(var fault):
                    // A write that was lost before may arrive yet.
                    return lost ? QueueEngine.InPart(fault.ToFailure()) : fault.ToFailure();
            }
        }

        return true;
    }

    /// <summary>As many rows as one transaction deletes, with the rows that condemn their payloads and the locks of groups that they free.</summary>
    private async Task<(List<BatchRow> Rows, List<TableTransactionAction> Operations, List<BatchRow> Owners)> TakeAsync(ShardTable table, Queue<BatchRow> remaining)
    {
        var (rows, operations, owners) = (new List<BatchRow>(), new List<TableTransactionAction>(), new List<BatchRow>());
        var leased = new Dictionary<ulong, (BatchRow Row, List<LeaseId> Leases)>();
        while (remaining.TryPeek(out var row))
        {
            var payloads = new List<Guid>();
            var groups = new HashSet<ulong>();
            for (var slot = 0; slot < row.Count; slot++)
            {
                if (row.State[slot].Status != SlotStatus.Done && row.Index.Messages[slot].Payload is { } payload)
                    payloads.Add(payload);
                if (queue.IsFifo && row.State[slot].IsLeased)
                    groups.Add(row.Index.Messages[slot].GroupHash);
            }

            if (operations.Count > 0 && operations.Count + 1 + payloads.Count + leased.Count + groups.Count > ShardTable.MaxOperations)
                break;
            remaining.Dequeue();
            rows.Add(row);
            operations.Add(table.Delete(row.Key, row.ETag));
            operations.AddRange(payloads.Select(p => PayloadRows.Condemn(table.Shard, p, context.Now)));
            owners.AddRange(Enumerable.Repeat(row, 1 + payloads.Count));
            foreach (var group in groups)
            {
                if (!leased.TryGetValue(group, out var freed))
                    leased.Add(group, freed = (row, []));
                freed.Leases.AddRange(row.State.Where((_, slot) => row.Index.Messages[slot].GroupHash == group).Select(s => s.LeaseId));
            }
        }

        foreach (var (group, (row, leases)) in leased)
        {
            if (await table.ReadLockAsync(group, CancellationToken.None) is not { } there)
                continue;
            var edit = new LockEdit(group, there);
            leases.ForEach(edit.Remove);
            if (!edit.Changed)
                continue;
            operations.Add(GroupLockRows.Write(table.Shard, edit));
            owners.Add(row);
        }

        return (rows, operations, owners);
    }

    private static int OpenIn(BatchRow row) => row.State.Count(s => s.Status != SlotStatus.Done);
}

using FuncQueue.Engine.Deduplication;
using FuncQueue.Engine.Groups;
using FuncQueue.Engine.Payloads;
using FuncQueue.Engine.Queues;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Sweeping;

/// <summary>What a sweep of storage tidies away in one shard: payloads, deduplication keys, locks, rows of transfers.</summary>
internal sealed class StorageSweep(EngineContext context, QueueDirectory directory, QueueRuntime queue, ShardRuntime shard)
{
    /// <summary>
    /// How long a lock stays after its leases: while it is there, a holder who comes late can prolong all of them, one after the other.
    /// </summary>
    private static readonly TimeSpan LateHolders = TimeSpan.FromMinutes(10);

    public int PayloadsDeleted { get; private set; }

    /// <summary>Other rows that went.</summary>
    public int Forgotten { get; private set; }

    /// <summary>When there is something to do next; null: nothing is known of.</summary>
    public DateTimeOffset? NextDue { get; private set; }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var payloads = await new PayloadCollection(shard.Table, queue.Table, queue.Payloads, context.Options.UploadTimeout).CollectAsync(
            context.Now,
            cancellationToken
        );
        PayloadsDeleted = payloads.Deleted;
        Note(0, payloads.NextDue);
        var keys = await new KeyCollection(shard.Table, context.Options.ClockSkewBound).ForgetAsync(context.Now, cancellationToken);
        Note(keys.Forgotten, keys.NextDue);
        if (queue.IsFifo)
            await RemoveLocksAsync(cancellationToken);
        var transfers = await new TransferSweep(context, directory, queue, shard).RemoveAsync(cancellationToken);
        Note(transfers.Removed, transfers.DueAt);
    }

    /// <summary>Removes the locks of groups none of whose leases has held for a while, unless somebody takes them meanwhile.</summary>
    private async Task RemoveLocksAsync(CancellationToken cancellationToken)
    {
        for (KeyRange? rest = RowKeys.Locks; rest is { } part; )
        {
            var page = await shard.Table.ReadGroupedPageAsync(part, cancellationToken);
            var over = new List<GroupLock>();
            foreach (var held in page.Locks)
            {
                if (held.EndsAt(queue.PolicyFor(MessageSource.Live)) + LateHolders is { } due && due > context.Now)
                    Note(0, due);
                else
                    over.Add(held);
            }

            Note(await RowRemoval.DeleteAsync(shard.Table, over.Select(held => (GroupLockRows.RowKey(held.Group), held.ETag))), null);
            rest = page.LastKey is { } last ? part.After(last) : null;
        }
    }

    private void Note(int forgotten, DateTimeOffset? due)
    {
        Forgotten += forgotten;
        NextDue = SweepDue.Earlier(due, NextDue);
    }
}

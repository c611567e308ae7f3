using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Queues;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Transfers;

namespace FuncQueue.Engine.Sweeping;

/// <summary>Goes on with transfers that a process has left half-way, and removes the rows of those that are over.</summary>
internal sealed class TransferSweep(EngineContext context, QueueDirectory directory, QueueRuntime queue, ShardRuntime shard)
{
    /// <summary>From when on a sweep takes over a dead letter that is on its way; null: it is not.</summary>
    public static DateTimeOffset? DueAt(BatchRow row) =>
        row.State[0].Status == SlotStatus.Moving ? row.State[0].VisibleAt + Mover.ResumeAfter : null;

    /// <summary>Ends the transfers that these dead letters are on their way with; how many messages have arrived.</summary>
    public async Task<int> ResumeAsync(IEnumerable<BatchRow> moving, CancellationToken cancellationToken)
    {
        var arrived = 0;
        foreach (var listed in moving.Where(r => r.Transfer is not null).GroupBy(r => r.Transfer!.Id))
        {
            var rows = await Task.WhenAll(listed.Select(r => shard.Table.ReadAsync(r.Key, withData: true, cancellationToken)));
            var still = rows.OfType<BatchRow>().Where(r => r.State[0].Status == SlotStatus.Moving && r.Transfer?.Id == listed.Key).ToList();
            if (still.Count == 0)
                continue;
            var transfer = still[0].Transfer!;
            var target = QueueName.TryParse(transfer.Queue, out var name) ? await directory.FindAsync(name, cancellationToken) : null;
            // What is cached of the target may be a generation too old.
            if (target?.Table != transfer.Table && name is not null)
                target = await directory.RefreshAsync(name).WaitAsync(cancellationToken);
            if ((await new Mover(context, queue).FinishAsync(shard, still, transfer, target, own: false)).TryGetValue(out var moved, out _))
                arrived += moved.Count;
        }

        return arrived;
    }

    /// <summary>Removes rows of transfers into this shard that nothing is on its way with; how many, and when there may be more.</summary>
    public async Task<(int Removed, DateTimeOffset? DueAt)> RemoveAsync(CancellationToken cancellationToken)
    {
        var (removed, dueAt) = (0, (DateTimeOffset?)null);
        for (KeyRange? rest = TransferRow.Range; rest is { } part; )
        {
            var (entities, last) = await shard.Table.ReadEntitiesAsync(part, ShardTable.MaxPageRows, null, cancellationToken);
            var over = new List<TransferRow>();
            foreach (var row in entities.Select(TransferRow.Read))
            {
                if (row.DueAt > context.Now)
                    dueAt = SweepDue.Earlier(dueAt, row.DueAt);
                else if (await IsUnderWayAsync(row, cancellationToken))
                    dueAt = SweepDue.Earlier(dueAt, context.Now + Mover.ResumeAfter);
                else
                    over.Add(row);
            }

            removed += await RowRemoval.DeleteAsync(shard.Table, over.Select(row => (row.Key, row.ETag)));
            rest = last is null ? null : part.After(last);
        }

        return (removed, dueAt);
    }

    /// <summary>Whether dead letters are on their way with it; the sweep of where they are sees to these.</summary>
    private async Task<bool> IsUnderWayAsync(TransferRow row, CancellationToken cancellationToken)
    {
        var source = QueueName.TryParse(row.Source.Queue, out var name) ? await directory.FindAsync(name, cancellationToken) : null;
        if (source?.Table != row.Source.Table && name is not null)
            source = await directory.RefreshAsync(name).WaitAsync(cancellationToken);
        if (source is null || source.Table != row.Source.Table || row.Source.Shard >= source.Shards.Count)
            return false;
        foreach (var key in row.Source.Keys)
        {
            if (
                await source.Shards[row.Source.Shard].Table.ReadAsync(key, withData: false, cancellationToken) is { } there
                && there.State[0].Status == SlotStatus.Moving
                && there.Transfer?.Id == row.Id
            )
                return true;
        }

        return false;
    }
}

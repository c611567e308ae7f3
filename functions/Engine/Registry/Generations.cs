using Azure.Data.Tables;
using FuncQueue.Engine.Figures;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Totals;

namespace FuncQueue.Engine.Registry;

/// <summary>
/// Each creation of a queue makes a generation of it, with a table of its own. A table is accounted for from before it is there until after
/// it is gone: by the queue's row, or by a leftover row. A deleted queue's row stays, and with it the name, until nothing can be written to
/// its table any more, whatever other processes remember of it.
/// </summary>
internal sealed class Generations(EngineContext context, DataAccounts accounts, RegistryTable table, QueueRows rows, FigureBook figures)
{
    private const int MaxAttempts = 10;

    /// <summary>Makes a generation; null when another process was first.</summary>
    /// <param name="deleted">The row of the generation before, if it is still there.</param>
    public async Task<Outcome<QueueRecord>?> CreateAsync(QueueName queue, QueueSettings settings, QueueRecord? deleted)
    {
        var name = QueuePlace.NewTableName(queue);
        var place = new QueuePlace(name, accounts.ForNew(name).Name);
        if (!(await NewTable.MakeAsync(context, accounts, table, place, deleted?.Place)).TryGetValue(out var noted, out var unmade))
            return unmade;
        var row = QueueRecord.ToEntity(queue, place, settings.Shards, settings, context.Now, null, context.Now);
        var commit = await table.CommitAsync(
            deleted is null
                ? new TableTransactionAction(TableTransactionActionType.Add, row)
                : new TableTransactionAction(TableTransactionActionType.UpdateReplace, row, deleted.ETag),
            LeftoverRow.Adopt(name, noted),
            RegistryVersion.Change(RegistryVersion.Queues)
        );
        var fault = (commit as Commit.Failed)?.Fault;
        if (fault is { Kind: FaultKind.Conflict })
            return null;
        if (fault is { MayHaveHappened: false } refused)
            return refused.ToFailure();
        if (!(await rows.ReadWrittenAsync(queue)).TryGetValue(out var there, out var unread))
            return unread;
        if (there?.Table != name)
            return fault is { } lost ? lost.ToFailure() : (Outcome<QueueRecord>?)null;
        EngineLog.QueueCreated(context.Log, queue.Value, name);
        return there;
    }

    /// <summary>
    /// Deletes the generation that is there when the call begins, and no later one; false when there was none. When it says so, nothing can
    /// be written to the table any more, and the name is free.
    /// </summary>
    /// <param name="prepare">Told of the table, once, before anything is deleted; why it must not be, or null.</param>
    public async Task<Outcome<bool>> DeleteAsync(QueueName queue, Func<string, Task<Failure?>> prepare, CancellationToken cancellationToken)
    {
        QueueRecord? mine = null;
        var prepared = false;
        // Whether a write of ours may have begun the deletion, or may yet.
        var begun = false;
        try
        {
            for (var attempt = 0; attempt < MaxAttempts; attempt++)
            {
                var there = await rows.ReadAsync(queue, cancellationToken);
                if (there is null || (mine is not null && there.Table != mine.Table))
                    return begun;
                mine ??= there;
                if (there.IsDeleting)
                {
                    await FinishAsync(queue, there.Place, there.ETag);
                    return begun;
                }

                if (!prepared && await prepare(there.Table) is { } unprepared)
                    return unprepared;
                prepared = true;
                var now = context.Now;
                var commit = await table.CommitAsync(
                    there.MarkDeleting(now),
                    LeftoverRow.OfDeleted(there.Place, now + NewTable.LeftoverTime, queue, now),
                    RegistryVersion.Change(RegistryVersion.Queues)
                );
                if (commit is Commit.Done(var etags))
                {
                    begun = true;
                    await FinishAsync(queue, there.Place, etags[0]);
                    return true;
                }

                var fault = ((Commit.Failed)commit).Fault;
                var (earlier, refused) = (begun, fault.Kind is not (FaultKind.Conflict or FaultKind.Uncertain));
                begun |= fault.MayHaveHappened;
                if (fault.Kind == FaultKind.Throttled)
                    refused = (await rows.ReadAsync(queue, cancellationToken))?.ETag == there.ETag;
                if (refused)
                    return earlier ? new Failure.OutcomeUnknown(fault.RetryAfter) : fault.ToFailure();
            }
        }
        catch (StorageFaultException exception) when (begun)
        {
            // It may be gone, or is, and not all of it yet.
            return new Failure.OutcomeUnknown(exception.Fault.RetryAfter);
        }

        return begun
            ? new Failure.OutcomeUnknown(StorageFault.DefaultRetryAfter)
            : new Failure.StorageUnavailable(StorageFault.DefaultRetryAfter);
    }

    /// <summary>When a queue of this name was last deleted, as far as its leftovers still tell; null: not of late.</summary>
    public async Task<DateTimeOffset?> DeletedAtAsync(QueueName queue, CancellationToken cancellationToken)
    {
        var leftovers = await table.QueryAsync(RegistryKeys.Leftovers, int.MaxValue, LeftoverRow.Read, cancellationToken);
        return leftovers.Where(row => row.Queue == queue.Value).Max(row => row.DeletedAt);
    }

    /// <summary>The leftovers that are due.</summary>
    public async Task<List<LeftoverRow>> DueLeftoversAsync(CancellationToken cancellationToken)
    {
        var leftovers = await table.QueryAsync(RegistryKeys.Leftovers, int.MaxValue, LeftoverRow.Read, cancellationToken);
        return leftovers.FindAll(row => row.DueAt <= context.Now);
    }

    /// <summary>Removes what lies in the place of a leftover; how many payloads; null: it has become a queue's meanwhile.</summary>
    public async Task<int?> ClearAsync(LeftoverRow leftover, CancellationToken cancellationToken)
    {
        // First it is condemned, so that a creation that has stood still until now cannot make a queue of a table that goes.
        if (leftover is { Queue: null, Row: null, IsCondemned: false } && await table.CommitAsync(leftover.Condemn()) is not Commit.Done)
            return null;
        var account = accounts.Find(leftover.Place.Account);
        await account.RemoveTableAsync(leftover.Place.Table);
        if (
            QueueName.TryParse(leftover.Queue, out var queue)
            && await rows.ReadAsync(queue, cancellationToken) is { IsDeleting: true } row
            && row.Table == leftover.Place.Table
            && await table.CommitAsync(row.Remove()) is Commit.Done
        )
            EngineLog.QueueDeleted(context.Log, queue.Value, row.Table);
        if (
            leftover.Row is { } key
            && await table.ReadAsync(key, cancellationToken) is { } entity
            && entity.GetString("Table") == leftover.Place.Table
        )
            await table.CommitAsync(
                new TableTransactionAction(
                    TableTransactionActionType.Delete,
                    new TableEntity(RegistryKeys.Partition, key),
                    entity.StoredETag()
                )
            );
        await new TotalsRows(context.Time, table).RemoveAsync(leftover.Place.Table, cancellationToken);
        if (QueueName.TryParse(leftover.Queue, out var name))
            await figures.RemoveAsync(name, leftover.Place.Table, cancellationToken);
        return await account.Payloads.DeleteAllAsync(leftover.Place.Table, cancellationToken);
    }

    private async Task FinishAsync(QueueName queue, QueuePlace place, Azure.ETag row)
    {
        var account = accounts.Find(place.Account);
        await account.RemoveTableAsync(place.Table);
        // Should this fail, whoever creates the queue again replaces the row, and a sweep removes it.
        await table.CommitAsync(QueueRecord.Remove(queue, row));
        EngineLog.QueueDeleted(context.Log, queue.Value, place.Table);
        await account.Payloads.DeleteAllAsync(place.Table, CancellationToken.None);
    }
}

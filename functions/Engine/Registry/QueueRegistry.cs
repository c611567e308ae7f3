using Azure;
using Azure.Data.Tables;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Registry;

/// <summary>Which queues there are: reading, listing, creating, changing and deleting them.</summary>
internal sealed class QueueRegistry(EngineContext context, DataAccounts accounts)
{
    /// <summary>How long what a deleted or half-made queue may have left behind is looked after.</summary>
    private static readonly TimeSpan LeftoverTime = TimeSpan.FromHours(1);

    private const int MaxAttempts = 10;

    public RegistryTable Table { get; } = new(accounts.First.Clients, context.Options.RegistryTable);

    /// <summary>The queue as it is now, or null.</summary>
    public async Task<QueueRecord?> ReadAsync(QueueName queue, CancellationToken cancellationToken) =>
        await Table.ReadAsync(RegistryKeys.Queue(queue.Value), cancellationToken) is { } entity ? QueueRecord.FromEntity(entity) : null;

    /// <summary>Queues by name from <paramref name="after"/> (exclusive; null: the first) on.</summary>
    public async Task<List<QueueRecord>> ListAsync(string prefix, string? after, int most, CancellationToken cancellationToken)
    {
        var first = RegistryKeys.Queue(prefix);
        var range = new KeyRange(first, first + "~");
        if (after is not null)
            range = range.After(RegistryKeys.Queue(after));
        var rows = await Table.QueryAsync(range, most, cancellationToken);
        return rows.ConvertAll(QueueRecord.FromEntity);
    }

    /// <summary>Creates or changes a queue; decides on what is there, and again when another process was first.</summary>
    public async Task<Outcome<(QueueRecord Record, bool Created)>> PutAsync(
        QueueName queue, QueueSettingsChange change, QueueCondition condition, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var there = await ReadAsync(queue, cancellationToken);
            switch (RegistryRules.Decide(queue, there?.Info, change, condition))
            {
                case PutDecision.Refuse(var failure):
                    return failure;
                case PutDecision.Create(var settings):
                    var created = await CreateAsync(queue, settings);
                    if (created is not null)
                        return created;
                    break;
                case PutDecision.Change(var settings):
                    var entity = QueueRecord.ToEntity(queue, there!.Place, there.HomeShards, settings, there.Info.CreatedAt);
                    var fault = await Table.CommitAsync(new TableTransactionAction(TableTransactionActionType.UpdateReplace, entity, there.ETag));
                    if (fault is null or { Kind: FaultKind.Uncertain })
                    {
                        // The answer carries no ETag to hand on; and if it was lost, a look tells what is there now.
                        if (!(await ReadWrittenAsync(queue)).TryGetValue(out var now, out var unread))
                            return unread;
                        if (now is not null && (fault is null || (now.ETag != there.ETag && now.Info.Settings.SameAs(settings))))
                            return (now, false);
                        if (fault is { } lost)
                            return lost.ToFailure();
                    }
                    else if (fault is { Kind: not FaultKind.Conflict } refused)
                    {
                        return refused.ToFailure();
                    }

                    break;
            }
        }

        return new Failure.StorageUnavailable(StorageFault.DefaultRetryAfter);
    }

    /// <summary>Removes the queue from the registry, then its table and payloads; false when it was not there.</summary>
    public async Task<Outcome<bool>> DeleteAsync(QueueName queue, CancellationToken cancellationToken)
    {
        QueuePlace? gone = null;
        try
        {
            for (var attempt = 0; attempt < MaxAttempts; attempt++)
            {
                if (await ReadAsync(queue, cancellationToken) is not { } there)
                    return gone is null ? false : await FinishAsync(gone.Value);
                // From here on the queue is gone, whoever stops; the leftover row makes a sweep finish the work.
                var fault = await Table.CommitAsync(
                    new TableTransactionAction(TableTransactionActionType.Delete, new TableEntity(RegistryKeys.Partition, RegistryKeys.Queue(queue.Value)), there.ETag),
                    Leftover(there.Place, queue));
                if (fault is null or { Kind: FaultKind.Uncertain })
                    gone = there.Place;
                if (fault is null)
                    return await FinishAsync(there.Place);
                if (fault is { Kind: not (FaultKind.Conflict or FaultKind.Uncertain) } refused)
                    return gone is null ? refused.ToFailure() : new Failure.OutcomeUnknown(refused.RetryAfter);
            }
        }
        catch (StorageFaultException exception) when (gone is not null)
        {
            // It may be gone, or is, and not all of it yet.
            return new Failure.OutcomeUnknown(exception.Fault.RetryAfter);
        }

        return gone is null ? new Failure.StorageUnavailable(StorageFault.DefaultRetryAfter) : new Failure.OutcomeUnknown(StorageFault.DefaultRetryAfter);

        async Task<Outcome<bool>> FinishAsync(QueuePlace place)
        {
            await RemoveAsync(place, CancellationToken.None);
            EngineLog.QueueDeleted(context.Log, queue.Value, place.Table);
            return true;
        }
    }

    /// <summary>When a queue of this name was last deleted, as far as its leftovers still tell; null: not of late.</summary>
    public async Task<DateTimeOffset?> DeletedAtAsync(QueueName queue, CancellationToken cancellationToken)
    {
        var leftovers = await Table.QueryAsync(RegistryKeys.Leftovers, int.MaxValue, cancellationToken);
        return leftovers.Where(row => row.GetString("Queue") == queue.Value).Max(row => row.GetDateTimeOffset("DeletedAt"));
    }

    /// <summary>Says that a shard is being written to; what sweeps noted about it no longer holds.</summary>
    public async Task<Failure?> MarkActiveAsync(QueueName queue, string table, int shard)
    {
        var fault = await Table.CommitAsync(new TableTransactionAction(TableTransactionActionType.UpsertReplace, ShardMarker.Touched(queue, table, shard, context.Now)));
        // Whether the answer or the write was lost does not matter: marking again is harmless, and nothing else was done yet.
        return fault is { } happened ? happened.ToReadFailure() : null;
    }

    /// <summary>Removes what lies in a place that belongs to no queue any more; how many payloads.</summary>
    public Task<int> RemoveAsync(QueuePlace place, CancellationToken cancellationToken) => accounts.Find(place.Account).RemoveAsync(place.Table, cancellationToken);

    /// <summary>Reads after a write: when it cannot, the write may have happened all the same.</summary>
    private async Task<Outcome<QueueRecord?>> ReadWrittenAsync(QueueName queue)
    {
        try
        {
            return await ReadAsync(queue, CancellationToken.None);
        }
        catch (StorageFaultException exception)
        {
            return new Failure.OutcomeUnknown(exception.Fault.RetryAfter);
        }
    }

    /// <summary>Null when another process was first.</summary>
    private async Task<Outcome<(QueueRecord, bool)>?> CreateAsync(QueueName queue, QueueSettings settings)
    {
        var table = QueuePlace.NewTableName(queue);
        var account = accounts.ForNew(table);
        var place = new QueuePlace(table, account.Name);
        // Noted first: if this process stops in between, a sweep removes the table that no queue refers to.
        if (await Table.CommitAsync(Leftover(place)) is { } unnoted)
            return unnoted.ToReadFailure();
        try
        {
            await account.CreateTableAsync(table);
        }
        catch (StorageFaultException exception)
        {
            return exception.Fault.ToReadFailure();
        }

        var committed = await Table.CommitAsync(
            new TableTransactionAction(TableTransactionActionType.Add, QueueRecord.ToEntity(queue, place, settings.Shards, settings, context.Now)),
            new TableTransactionAction(TableTransactionActionType.Delete, new TableEntity(RegistryKeys.Partition, RegistryKeys.Leftover(table)), ETag.All));
        if (committed is { Kind: FaultKind.Conflict })
            return null;
        if (committed is { Kind: not FaultKind.Uncertain } refused)
            return refused.ToFailure();
        if (!(await ReadWrittenAsync(queue)).TryGetValue(out var there, out var unread))
            return unread;
        if (there?.Table != table && committed is { } lost)
            return lost.ToFailure();
        if (there?.Table != table)
            return null;
        EngineLog.QueueCreated(context.Log, queue.Value, table);
        return (there!, true);
    }

    /// <summary>Accounts for a table that belongs to no queue: of the queue deleted now, or of one being made.</summary>
    private TableTransactionAction Leftover(QueuePlace place, QueueName? deleted = null) => new(
        TableTransactionActionType.UpsertReplace,
        place.Write(new TableEntity(RegistryKeys.Partition, RegistryKeys.Leftover(place.Table))
        {
            ["DueAt"] = context.Now + LeftoverTime,
            ["Queue"] = deleted?.Value,
            ["DeletedAt"] = deleted is null ? null : context.Now,
        }));
}

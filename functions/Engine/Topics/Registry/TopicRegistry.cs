using Azure.Data.Tables;
using FuncQueue.Engine.Registry;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Topics.Registry;

/// <summary>Which topics there are: reading, listing, making and changing them. Rows that cannot be read are told of once.</summary>
internal sealed class TopicRegistry(EngineContext context, DataAccounts accounts, RegistryTable table)
{
    private const int MaxAttempts = 10;

    public RegistryTable Table => table;

    public RegistryVersion Version { get; } = new(context, table, RegistryVersion.Topics);

    /// <summary>The topic as it is now, also while it is being deleted, or null.</summary>
    public async Task<TopicRecord?> ReadAsync(TopicName topic, CancellationToken cancellationToken)
    {
        if (await table.ReadAsync(TopicKeys.Topic(topic.Value), cancellationToken) is not { } entity)
            return null;
        // What cannot be read must not be taken for a name that is free.
        return Read(entity)
            ?? throw new StorageFaultException(
                new StorageFault(FaultKind.Unavailable, 0, StorageFault.DefaultRetryAfter),
                new InvalidOperationException($"The registry row of {topic} cannot be read.")
            );
    }

    /// <summary>Topics by name from <paramref name="after"/> (exclusive; null: the first) on, also those that are being deleted.</summary>
    public Task<List<TopicRecord>> ListAsync(string prefix, string? after, int most, CancellationToken cancellationToken)
    {
        var range = TopicKeys.Topics(prefix);
        return table.QueryAsync(after is null ? range : range.After(TopicKeys.Topic(after)), most, Read, cancellationToken);
    }

    /// <summary>Creates or changes a topic; decides on what is there, and again when another process was first.</summary>
    public async Task<Outcome<(TopicRecord Record, bool Created)>> PutAsync(
        TopicName topic,
        TopicSettingsChange change,
        TopicCondition condition,
        CancellationToken cancellationToken
    )
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var there = await ReadAsync(topic, cancellationToken);
            switch (TopicPutDecision.Decide(topic, there, change, condition))
            {
                case TopicPutDecision.Refuse(var failure):
                    return failure;
                case TopicPutDecision.Create(var settings):
                    if (await CreateAsync(topic, settings) is { } created)
                        return created;
                    break;
                case TopicPutDecision.Change(var settings):
                    if (await ChangeAsync(there!, settings) is { } changed)
                        return changed;
                    break;
            }
        }

        return new Failure.StorageUnavailable(StorageFault.DefaultRetryAfter);
    }

    /// <summary>Says that something is stored in a topic; what sweeps noted about it no longer holds.</summary>
    public async Task<Failure?> MarkActiveAsync(TopicRecord record)
    {
        var commit = await table.CommitAsync(TopicMark.Touch(record, context.Now));
        // Whether the answer or the write was lost does not matter: marking again is harmless, and nothing else was done yet.
        return (commit as Commit.Failed)?.Fault.ToReadFailure();
    }

    /// <summary>Removes what the registry has of the subscriptions of a topic whose table is gone.</summary>
    public async Task RemoveSubscriptionsAsync(string topicTable)
    {
        var rows = await table.QueryAsync(TopicKeys.SubscriptionsOf(topicTable), int.MaxValue, CancellationToken.None);
        if (await table.ReadAsync(TopicKeys.Version(topicTable), CancellationToken.None) is { } version)
            rows.Add(version);
        foreach (var chunk in rows.Chunk(ShardTable.MaxOperations))
        {
            var commit = await table.CommitAsync([
                .. chunk.Select(row => new TableTransactionAction(
                    TableTransactionActionType.Delete,
                    new TableEntity(row.PartitionKey, row.RowKey),
                    row.StoredETag()
                )),
            ]);
            // Another process does the same, then; or it is found undone.
            if (commit is Commit.Failed({ Kind: not FaultKind.Conflict } fault))
                throw new StorageFaultException(fault, new InvalidOperationException("Rows of subscriptions could not be removed."));
        }
    }

    /// <summary>Reads after a write: when it cannot, the write may have happened all the same.</summary>
    public async Task<Outcome<TopicRecord?>> ReadWrittenAsync(TopicName topic)
    {
        try
        {
            return await ReadAsync(topic, CancellationToken.None);
        }
        catch (StorageFaultException exception)
        {
            return new Failure.OutcomeUnknown(exception.Fault.RetryAfter);
        }
    }

    private async Task<Outcome<(TopicRecord, bool)>?> CreateAsync(TopicName topic, TopicSettings settings)
    {
        var name = TopicRecord.NewTableName(topic);
        var place = new QueuePlace(name, accounts.ForNew(name).Name);
        if (!(await NewTable.MakeAsync(context, accounts, table, place, before: null)).TryGetValue(out var noted, out var unmade))
            return unmade;
        var row = TopicRecord.ToEntity(topic, place, settings, context.Now, context.Now);
        var commit = await table.CommitAsync(
            new TableTransactionAction(TableTransactionActionType.Add, row),
            LeftoverRow.Adopt(name, noted),
            RegistryVersion.Change(RegistryVersion.Topics)
        );
        var fault = (commit as Commit.Failed)?.Fault;
        if (fault is { Kind: FaultKind.Conflict })
            return null;
        if (fault is { MayHaveHappened: false } refused)
            return refused.ToFailure();
        if (!(await ReadWrittenAsync(topic)).TryGetValue(out var there, out var unread))
            return unread;
        if (there?.Table != name)
            return fault is { } lost ? lost.ToFailure() : (Outcome<(TopicRecord, bool)>?)null;
        EngineLog.TopicCreated(context.Log, topic.Value, name);
        return (there, true);
    }

    private async Task<Outcome<(TopicRecord, bool)>?> ChangeAsync(TopicRecord there, TopicSettings settings)
    {
        var entity = TopicRecord.ToEntity(there.Name, there.Place, settings, there.Info.CreatedAt, context.Now);
        var commit = await table.CommitAsync(
            new TableTransactionAction(TableTransactionActionType.UpdateReplace, entity, there.ETag),
            RegistryVersion.Change(RegistryVersion.Topics)
        );
        var fault = (commit as Commit.Failed)?.Fault;
        if (fault is { Kind: FaultKind.Conflict })
            return null;
        if (fault is { MayHaveHappened: false } refused)
            return refused.ToFailure();
        if (!(await ReadWrittenAsync(there.Name)).TryGetValue(out var now, out var unread))
            return unread;
        // The row has a new revision with each write, so whose it is can be told.
        if (now is { IsDeleting: false } && (fault is null || now.Info.ETag == entity.GetString(TopicRecord.RevisionColumn)))
            return (now, false);
        return fault is { } lost ? lost.ToFailure() : (Outcome<(TopicRecord, bool)>?)null;
    }

    private TopicRecord? Read(TableEntity entity)
    {
        try
        {
            return TopicRecord.FromEntity(entity);
        }
        catch (UnsupportedFormatException exception)
        {
            context.Unreadable.Add(context.Options.RegistryTable, TopicKeys.Partition, entity, exception);
            return null;
        }
    }
}

using Azure;
using Azure.Data.Tables;
using FuncQueue.Engine.Queues;
using FuncQueue.Engine.Registry;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics.Log;
using FuncQueue.Engine.Topics.Registry;

namespace FuncQueue.Engine.Topics.Calls;

/// <summary>
/// Deletes topics, step by step: the registry says so, heads are closed, subscriptions take or drop what is left, the table goes, then the
/// row and with it the claim on the name. Whoever calls again, or a sweep, goes on where a process has stopped.
/// </summary>
internal sealed class TopicDeletion(EngineContext context, DataAccounts accounts, TopicRegistry registry, TopicDirectory directory)
{
    /// <summary>How long a call waits for subscriptions to take what is theirs.</summary>
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(60);

    private const int MaxAttempts = 10;

    /// <summary>
    /// Deletes the generation that is there when the call begins, and no later one; false when there was none. When it says so, nothing can
    /// be stored in the topic any more, and its name is free.
    /// </summary>
    /// <param name="drop">Whether what subscriptions have not taken yet is dropped.</param>
    public async Task<Outcome<bool>> DeleteAsync(TopicName topic, bool drop, CancellationToken cancellationToken)
    {
        TopicRecord? mine = null;
        // Whether a write of ours may have begun the deletion, or may yet.
        var begun = false;
        try
        {
            for (var attempt = 0; attempt < MaxAttempts; attempt++)
            {
                var there = await registry.ReadAsync(topic, cancellationToken);
                if (there is null || (mine is not null && there.Table != mine.Table))
                    return mine is not null;
                mine = there;
                if (there.IsDeleting && (there.Drops || !drop))
                    return await GoOnAsync(there, cancellationToken);
                // The mark leads a sweep here, should this process stop.
                var commit = await registry.Table.CommitAsync(
                    there.MarkDeleting(context.Now, drop),
                    TopicMark.Touch(there, context.Now),
                    RegistryVersion.Change(RegistryVersion.Topics)
                );
                if (commit is not Commit.Failed(var fault))
                    begun = true;
                else if (fault.MayHaveHappened)
                    begun = true;
                else if (fault.Kind != FaultKind.Conflict)
                    return begun ? new Failure.OutcomeUnknown(fault.RetryAfter) : fault.ToFailure();
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

    /// <summary>Goes on with a deletion that the registry tells of.</summary>
    public async Task<Outcome<bool>> GoOnAsync(TopicRecord record, CancellationToken cancellationToken)
    {
        try
        {
            var topic = directory.Learn(record, context.Time.GetTimestamp());
            if (await topic.Subscriptions.EndSourcesAsync(cancellationToken) is { } unended)
                return QueueCalls.InPart(unended);
            foreach (var partition in topic.Partitions)
                await CloseAsync(partition.Table);
            if (
                !(await topic.Subscriptions.DrainAsync(record.Drops, DrainTime, cancellationToken)).TryGetValue(
                    out var isDone,
                    out var failure
                )
            )
                return QueueCalls.InPart(failure);
            return isDone ? await RemoveAsync(record) : new Failure.OutcomeUnknown(StorageFault.DefaultRetryAfter);
        }
        catch (StorageFaultException exception)
        {
            // Without its table, all before that was done.
            if (exception.Fault.Kind == FaultKind.TableMissing)
                return await RemoveAsync(record);
            return new Failure.OutcomeUnknown(exception.Fault.RetryAfter);
        }
    }

    /// <summary>Nothing is appended to a partition any more: whoever appends at the same time is first, or fails.</summary>
    private static async Task CloseAsync(ShardTable table)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var head = LogHead.Read(await table.ReadEntityAsync(LogHead.RowKey, null, CancellationToken.None));
            if (head.IsClosed)
                return;
            var close = head.ETag == default ? head.Closed().Replace(table.Shard, head) : LogHead.Close(table.Shard);
            if (await table.CommitAsync([close]) is Commit.Failed({ Kind: not (FaultKind.Conflict or FaultKind.Uncertain) } fault))
                throw new StorageFaultException(fault, new InvalidOperationException("A head could not be closed."));
        }

        throw new StorageFaultException(
            new StorageFault(FaultKind.Uncertain, 0, StorageFault.DefaultRetryAfter),
            new InvalidOperationException("A head could not be closed.")
        );
    }

    private async Task<Outcome<bool>> RemoveAsync(TopicRecord record)
    {
        try
        {
            var account = accounts.Find(record.Place.Account);
            // Accounts for the table and its payloads, should this process stop.
            var noting = await registry.Table.CommitAsync(
                LeftoverRow.OfDeletedRow(record.Place, context.Now + NewTable.LeftoverTime, TopicKeys.Topic(record.Name.Value))
            );
            if (noting is Commit.Failed(var unnoted))
                return new Failure.OutcomeUnknown(unnoted.RetryAfter);
            await account.RemoveTableAsync(record.Table);
            await registry.RemoveSubscriptionsAsync(record.Table);
            var removal = await registry.Table.CommitAsync(record.Remove(), RegistryVersion.Change(RegistryVersion.Topics));
            if (removal is Commit.Failed({ Kind: not FaultKind.Conflict } unremoved))
                return new Failure.OutcomeUnknown(unremoved.RetryAfter);
            directory.Forget(record.Name);
            EngineLog.TopicDeleted(context.Log, record.Name.Value, record.Table);
            // What fails from here on is left to sweeps.
            await registry.Table.CommitAsync(
                new TableTransactionAction(
                    TableTransactionActionType.Delete,
                    new TableEntity(TopicKeys.Partition, TopicKeys.Mark(record.Table)),
                    ETag.All
                )
            );
            await account.Payloads.DeleteAllAsync(record.Table, CancellationToken.None);
            return true;
        }
        catch (StorageFaultException exception)
        {
            return new Failure.OutcomeUnknown(exception.Fault.RetryAfter);
        }
    }
}

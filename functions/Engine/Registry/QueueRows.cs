using System.Collections.Concurrent;
using Azure;
using Azure.Data.Tables;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Registry;

/// <summary>
/// Reads the rows of queues. One that this version cannot read is told of once, left as it is, and keeps nobody from the others.
/// </summary>
internal sealed class QueueRows(EngineContext context, RegistryTable table)
{
    private readonly ConcurrentDictionary<string, ETag> unreadable = new(StringComparer.Ordinal);

    /// <summary>The row, also of a queue that is being deleted; null: there is none.</summary>
    public async Task<QueueRecord?> ReadAsync(QueueName queue, CancellationToken cancellationToken)
    {
        if (await table.ReadAsync(RegistryKeys.Queue(queue.Value), cancellationToken) is not { } entity)
            return null;
        // What cannot be read must not be taken for a name that is free.
        return Read(entity)
            ?? throw new StorageFaultException(
                new StorageFault(FaultKind.Unavailable, 0, StorageFault.DefaultRetryAfter),
                new InvalidOperationException($"The registry row of {queue} cannot be read.")
            );
    }

    /// <summary>Reads after a write: when it cannot, the write may have happened all the same.</summary>
    public async Task<Outcome<QueueRecord?>> ReadWrittenAsync(QueueName queue)
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

    /// <summary>Queues of a key range, without those that are being deleted, up to <paramref name="most"/>.</summary>
    public Task<List<QueueRecord>> ListAsync(KeyRange range, int most, CancellationToken cancellationToken) =>
        table.QueryAsync(range, most, entity => Read(entity) is { IsDeleting: false } there ? there : null, cancellationToken);

    private QueueRecord? Read(TableEntity entity)
    {
        try
        {
            return QueueRecord.FromEntity(entity);
        }
        catch (UnsupportedFormatException exception)
        {
            var etag = entity.StoredETag();
            if (!unreadable.TryGetValue(entity.RowKey, out var told) || told != etag)
                EngineLog.UnreadableQueue(context.Log, exception, entity.RowKey);
            unreadable[entity.RowKey] = etag;
            return null;
        }
    }
}

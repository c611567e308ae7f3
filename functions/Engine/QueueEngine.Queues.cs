using FuncQueue.Engine.Queues;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine;

/// <content>Creating, changing, listing and deleting queues.</content>
public sealed partial class QueueEngine
{
    /// <summary>Creates the queue, or changes the settings that <paramref name="change"/> names.</summary>
    public Task<Outcome<QueuePut>> PutQueueAsync(QueueName queue, QueueSettingsChange change, QueueCondition condition, CancellationToken cancellationToken) =>
        MeasureAsync<QueuePut>("put-queue", queue, async () =>
        {
            if (!(await registry.PutAsync(queue, change, condition, cancellationToken)).TryGetValue(out var put, out var failure))
                return failure;
            try
            {
                var runtime = await directory.LearnAsync(put.Record);
                var status = put.Created
                    ? new QueueStatus { Queue = put.Record.Info, Counts = default, OldestMessageAge = null }
                    : await new Inspection(context, runtime).CountAsync(cancellationToken);
                return new QueuePut(status, put.Created);
            }
            catch (StorageFaultException exception)
            {
                // The queue is as it was asked to be; what cannot be had is the answer.
                return new Failure.OutcomeUnknown(exception.Fault.RetryAfter);
            }
        });

    /// <summary>
    /// Queues whose names begin with <paramref name="prefix"/>, by name, up to <paramref name="maxResults"/> (1 to 1,000). A
    /// continuation that is no answer of this method's is <see cref="Failure.Invalid"/>.
    /// </summary>
    public async Task<Outcome<QueuePage>> ListQueuesAsync(string prefix, int maxResults, string? continuation, CancellationToken cancellationToken)
    {
        if (continuation is not null && !QueueName.TryParse(continuation, out _))
            return new Failure.Invalid([new Fault("continuation", "Is not one that was handed out.")]);
        try
        {
            var records = await registry.ListAsync(prefix, continuation, maxResults + 1, cancellationToken);
            var page = records.Take(maxResults).Select(r => r.Info).ToList();
            return new QueuePage(page, records.Count > maxResults ? page[^1].Name.Value : null);
        }
        catch (StorageFaultException exception)
        {
            return exception.Fault.ToReadFailure();
        }
    }

    /// <summary>The queue and its counts, computed from the rows as they are.</summary>
    public Task<Outcome<QueueStatus>> GetQueueAsync(QueueName queue, CancellationToken cancellationToken) =>
        WithQueueAsync<QueueStatus>("get-queue", queue, async runtime => await new Inspection(context, runtime).CountAsync(cancellationToken), cancellationToken, fresh: true);

    /// <summary>Removes the queue and everything in it; true when it was there.</summary>
    public Task<Outcome<bool>> DeleteQueueAsync(QueueName queue, CancellationToken cancellationToken) =>
        MeasureAsync<bool>("delete-queue", queue, async () =>
        {
            var deleted = await registry.DeleteAsync(queue, cancellationToken);
            if (deleted.Failure is null)
                directory.Forget(queue);
            return deleted;
        });
}

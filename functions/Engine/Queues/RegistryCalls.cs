using FuncQueue.Engine.Registry;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Queues;

/// <summary>Calls about queues as a whole: creating, changing, listing, reading and deleting them.</summary>
/// <param name="subscribers">Null: there are no topics.</param>
internal sealed class RegistryCalls(
    EngineContext context,
    QueueRegistry registry,
    QueueDirectory directory,
    QueueCalls calls,
    IQueueSubscribers? subscribers
)
{
    public Task<Outcome<QueuePut>> PutAsync(
        QueueName queue,
        QueueSettingsChange change,
        QueueCondition condition,
        CancellationToken cancellationToken
    ) =>
        calls.MeasureAsync<QueuePut>(
            "put-queue",
            queue,
            async () =>
            {
                if (!(await registry.PutAsync(queue, change, condition, cancellationToken)).TryGetValue(out var put, out var failure))
                    return failure;
                try
                {
                    var runtime = await directory.LearnAsync(put.Record);
                    var status = put.Created
                        ? new QueueStatus
                        {
                            Queue = put.Record.Info,
                            Counts = default,
                            OldestMessageAge = null,
                        }
                        : await new Inspection(context, runtime).CountAsync(registry.Totals, cancellationToken);
                    return new QueuePut(status, put.Created);
                }
                catch (StorageFaultException exception)
                {
                    // The queue is as it was asked to be; what cannot be had is the answer.
                    return new Failure.OutcomeUnknown(exception.Fault.RetryAfter);
                }
            }
        );

    public Task<Outcome<QueueInfo>> SetAsync(
        QueueName queue,
        QueueSettingsChange change,
        QueueCondition condition,
        CancellationToken cancellationToken
    ) =>
        calls.MeasureAsync<QueueInfo>(
            "put-queue",
            queue,
            async () =>
            {
                if (!(await registry.PutAsync(queue, change, condition, cancellationToken)).TryGetValue(out var put, out var failure))
                    return failure;
                await directory.LearnAsync(put.Record);
                return put.Record.Info;
            }
        );

    public Task<Outcome<QueuePage>> ListAsync(string prefix, int maxResults, string? continuation, CancellationToken cancellationToken) =>
        QueueCalls.GuardAsync<QueuePage>(async () =>
        {
            if (continuation is not null && !QueueName.TryParse(continuation, out _))
                return new Failure.Invalid([new Fault("continuation", "Is not one that was handed out.")]);
            var records = await registry.ListAsync(prefix, continuation, maxResults + 1, cancellationToken);
            var page = records.Take(maxResults).Select(r => r.Info).ToList();
            return new QueuePage(page, records.Count > maxResults ? page[^1].Name.Value : null);
        });

    public Task<Outcome<bool>> DeleteAsync(QueueName queue, CancellationToken cancellationToken) =>
        calls.MeasureAsync<bool>(
            "delete-queue",
            queue,
            async () =>
            {
                // Of the generation that is deleted, whatever was there a moment before.
                string? table = null;
                var deleted = await registry.Generations.DeleteAsync(queue, PrepareAsync, cancellationToken);
                if (deleted.Failure is not null)
                    return deleted;
                directory.Forget(queue);
                return
                    table is not null && subscribers is not null && await subscribers.EndAsync(table, CancellationToken.None) is { } unended
                    ? QueueCalls.InPart(unended)
                    : deleted;

                async Task<Failure?> PrepareAsync(string its)
                {
                    table = its;
                    return subscribers is null ? null : await subscribers.PrepareAsync(its, cancellationToken);
                }
            }
        );

    /// <summary>The queue as this process knows it.</summary>
    public Task<Outcome<QueueInfo>> FindAsync(QueueName queue, CancellationToken cancellationToken) =>
        QueueCalls.GuardAsync<QueueInfo>(async () =>
            await directory.FindAsync(queue, cancellationToken) is { } runtime ? runtime.Record.Info : new Failure.QueueNotFound(queue)
        );

    /// <summary>The queue as its row says now.</summary>
    public Task<Outcome<QueueInfo>> ReadAsync(QueueName queue, CancellationToken cancellationToken) =>
        QueueCalls.GuardAsync<QueueInfo>(async () =>
            await directory.ReadAsync(queue, cancellationToken) is { } runtime ? runtime.Record.Info : new Failure.QueueNotFound(queue)
        );

    public Task<Outcome<bool>> WasDeletedAsync(QueueName queue, TimeSpan time, CancellationToken cancellationToken) =>
        QueueCalls.GuardAsync<bool>(async () =>
            await registry.Generations.DeletedAtAsync(queue, cancellationToken) is { } at && at + time > context.Now
        );
}

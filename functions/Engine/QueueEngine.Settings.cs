using FuncQueue.Engine.Registry;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine;

/// <content>Queues by their registry rows, without a look at their messages.</content>
public sealed partial class QueueEngine
{
    /// <summary>Who is told of each queue in which this process has dead-lettered something. Must not block, nor throw.</summary>
    public Action<QueueName>? DeadLettered
    {
        get => context.DeadLettered;
        set => context.DeadLettered = value;
    }

    /// <summary>The queue as this process knows it: what is told may be as old as <see cref="EngineOptions.SettingsCacheTime"/>.</summary>
    public Task<Outcome<QueueInfo>> FindQueueAsync(QueueName queue, CancellationToken cancellationToken) =>
        GuardAsync<QueueInfo>(async () =>
            await directory.FindAsync(queue, cancellationToken) is { } runtime ? runtime.Record.Info : new Failure.QueueNotFound(queue));

    /// <summary>The queue as its row says now.</summary>
    public Task<Outcome<QueueInfo>> ReadQueueAsync(QueueName queue, CancellationToken cancellationToken) =>
        GuardAsync<QueueInfo>(async () =>
            await directory.ReadAsync(queue, cancellationToken) is { } runtime ? runtime.Record.Info : new Failure.QueueNotFound(queue));

    /// <summary>As <see cref="PutQueueAsync"/>, without counting what is in the queue.</summary>
    public Task<Outcome<QueueInfo>> SetQueueAsync(QueueName queue, QueueSettingsChange change, QueueCondition condition, CancellationToken cancellationToken) =>
        MeasureAsync<QueueInfo>("put-queue", queue, async () =>
        {
            if (!(await registry.PutAsync(queue, change, condition, cancellationToken)).TryGetValue(out var put, out var failure))
                return failure;
            await directory.LearnAsync(put.Record);
            return put.Record.Info;
        });

    /// <summary>Whether a queue of this name was deleted within the last <paramref name="time"/>, of which at most an hour is known.</summary>
    public Task<Outcome<bool>> WasDeletedAsync(QueueName queue, TimeSpan time, CancellationToken cancellationToken) =>
        GuardAsync<bool>(async () => await registry.DeletedAtAsync(queue, cancellationToken) is { } at && at + time > context.Now);

    private static async Task<Outcome<T>> GuardAsync<T>(Func<Task<Outcome<T>>> run)
    {
        try
        {
            return await run();
        }
        catch (StorageFaultException exception)
        {
            return exception.Fault.ToReadFailure();
        }
    }
}

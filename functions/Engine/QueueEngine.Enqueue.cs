using FuncQueue.Engine.Queues;
using FuncQueue.Engine.Shards;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine;

/// <content>Enqueueing.</content>
public sealed partial class QueueEngine
{
    /// <summary>Stores one message; when it returns, the message is durable.</summary>
    public Task<Outcome<Enqueued>> EnqueueAsync(QueueName queue, NewMessage message, CancellationToken cancellationToken) =>
        WithQueueAsync("send", queue, async runtime =>
        {
            var shard = runtime.EnqueueShard();
            if (IsFull(shard, 1))
                return new Failure.Overloaded(StorageFault.DefaultRetryAfter);
            var prepared = await intake.PrepareAsync(runtime, shard, message, cancellationToken);
            if (!prepared.TryGetValue(out var pending, out var failure))
                return failure;
            return Watched(runtime, shard, await shard.Enqueue.EnqueueAsync(pending), message);
        }, cancellationToken);

    /// <summary>
    /// Enqueues each; outcomes in the order of the messages. The outer failure is one that concerns all, as an unknown queue. When it is
    /// returned, nothing happened.
    /// </summary>
    public Task<Outcome<IReadOnlyList<Outcome<Enqueued>>>> EnqueueBatchAsync(QueueName queue, IReadOnlyList<NewMessage> messages, CancellationToken cancellationToken) =>
        WithQueueAsync<IReadOnlyList<Outcome<Enqueued>>>("send", queue, async runtime =>
        {
            var shard = runtime.EnqueueShard();
            if (IsFull(shard, messages.Count))
                return new Failure.Overloaded(StorageFault.DefaultRetryAfter);
            var prepared = new Outcome<PendingEnqueue>[messages.Count];
            for (var i = 0; i < messages.Count; i++)
                prepared[i] = await intake.PrepareAsync(runtime, shard, messages[i], cancellationToken);
            shard.Enqueue.EnqueueAll(prepared.Where(p => p.Failure is null).Select(p => p.Value));
            var outcomes = new Outcome<Enqueued>[messages.Count];
            for (var i = 0; i < messages.Count; i++)
                outcomes[i] = prepared[i].TryGetValue(out var pending, out var failure) ? Watched(runtime, shard, await pending.Completion, messages[i]) : failure;
            // The queue was found gone before anything was written: the whole call may be tried again on what is there now.
            return Array.TrueForAll(outcomes, o => o.Failure is Failure.QueueGone) ? new Failure.QueueGone() : outcomes.Select(HideGone).ToArray();

            Outcome<Enqueued> HideGone(Outcome<Enqueued> outcome) => outcome.Failure is Failure.QueueGone ? new Failure.QueueNotFound(queue) : outcome;
        }, cancellationToken);

    private bool IsFull(ShardRuntime shard, int more) => shard.Enqueue.Waiting + more > context.Options.MaxPendingEnqueues;

    private static Outcome<Enqueued> Watched(QueueRuntime runtime, ShardRuntime shard, Outcome<Enqueued> outcome, NewMessage message)
    {
        if (outcome.Failure is Failure.StorageThrottled)
            runtime.LeaveShard(shard);
        // A stream has been read and cannot be sent again to a later generation of the queue.
        if (outcome.Failure is Failure.QueueGone && message.Body.Stream is not null)
            return new Failure.StorageUnavailable(StorageFault.DefaultRetryAfter);
        return outcome;
    }
}

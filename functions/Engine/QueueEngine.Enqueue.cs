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
            if (RequestRules.Check(message, "", runtime.Settings) is { Count: > 0 } faults)
                return new Failure.Invalid(faults);
            if (IsFull(runtime, 1))
                return new Failure.Overloaded(StorageFault.DefaultRetryAfter);
            if (!(await intake.PrepareAsync(runtime, message, cancellationToken)).TryGetValue(out var prepared, out var failure))
                return failure;
            return Watched(runtime, prepared.Shard, await prepared.Shard.Enqueue.EnqueueAsync(prepared.Message), message);
        }, cancellationToken);

    /// <summary>
    /// Enqueues each; outcomes in the order of the messages. The outer failure is one that concerns all, as an unknown queue. When it is
    /// returned, nothing happened.
    /// </summary>
    public Task<Outcome<IReadOnlyList<Outcome<Enqueued>>>> EnqueueBatchAsync(QueueName queue, IReadOnlyList<NewMessage> messages, CancellationToken cancellationToken) =>
        WithQueueAsync<IReadOnlyList<Outcome<Enqueued>>>("send", queue, async runtime =>
        {
            if (messages.SelectMany((m, i) => RequestRules.Check(m, $"messages[{i}].", runtime.Settings)).ToList() is { Count: > 0 } faults)
                return new Failure.Invalid(faults);
            if (IsFull(runtime, messages.Count))
                return new Failure.Overloaded(StorageFault.DefaultRetryAfter);
            var prepared = new Outcome<Prepared>[messages.Count];
            for (var i = 0; i < messages.Count; i++)
                prepared[i] = await intake.PrepareAsync(runtime, messages[i], cancellationToken);
            foreach (var shard in prepared.Where(p => p.Failure is null).GroupBy(p => p.Value.Shard, p => p.Value.Message))
                shard.Key.Enqueue.EnqueueAll(shard);
            var outcomes = new Outcome<Enqueued>[messages.Count];
            for (var i = 0; i < messages.Count; i++)
                outcomes[i] = prepared[i].TryGetValue(out var p, out var failure) ? Watched(runtime, p.Shard, await p.Message.Completion, messages[i]) : failure;
            // The queue was found gone before anything was written: the whole call may be tried again on what is there now.
            return Array.TrueForAll(outcomes, o => o.Failure is Failure.QueueGone) ? new Failure.QueueGone() : outcomes.Select(HideGone).ToArray();

            Outcome<Enqueued> HideGone(Outcome<Enqueued> outcome) => outcome.Failure is Failure.QueueGone ? new Failure.QueueNotFound(queue) : outcome;
        }, cancellationToken);

    private bool IsFull(QueueRuntime queue, int more) => queue.Shards.Sum(s => s.Enqueue.Waiting) + more > context.Options.MaxPendingEnqueues;

    private static Outcome<Enqueued> Watched(QueueRuntime runtime, ShardRuntime shard, Outcome<Enqueued> outcome, NewMessage message)
    {
        if (outcome.Failure is Failure.StorageThrottled && !runtime.IsFifo)
            runtime.LeaveShard(shard);
        // A stream has been read and cannot be sent again to a later generation of the queue.
        if (outcome.Failure is Failure.QueueGone && message.Body.Stream is not null)
            return new Failure.StorageUnavailable(StorageFault.DefaultRetryAfter);
        return outcome;
    }
}

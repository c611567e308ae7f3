using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Queues;

/// <summary>Enqueue calls: one message, or several together.</summary>
internal sealed class Enqueueing(EngineContext context, QueueCalls calls)
{
    private readonly Intake intake = new(context);

    public async Task<Outcome<Enqueued>> OneAsync(QueueName queue, NewMessage message, CancellationToken cancellationToken)
    {
        using var body = new IncomingBody(message.Body);
        return await calls.RunAsync(
            "send",
            queue,
            async runtime =>
            {
                if (!runtime.Settings.Takes)
                    return new Failure.QueuePaused(runtime.Name);
                if (RequestRules.Check(message, "", runtime.Settings) is { Count: > 0 } faults)
                    return new Failure.Invalid(faults);
                if (IsFull(runtime, 1))
                    return new Failure.Overloaded(StorageFault.DefaultRetryAfter);
                if (!(await intake.PrepareAsync(runtime, message, body, cancellationToken)).TryGetValue(out var prepared, out var failure))
                    return failure;
                return Watched(runtime, prepared.Shard, await prepared.Shard.Enqueue.EnqueueAsync(prepared.Message));
            },
            again: () => body.IsWhole,
            cancellationToken
        );
    }

    public async Task<Outcome<IReadOnlyList<Outcome<Enqueued>>>> ManyAsync(
        QueueName queue,
        IReadOnlyList<NewMessage> messages,
        CancellationToken cancellationToken
    )
    {
        var bodies = messages.Select(m => new IncomingBody(m.Body)).ToArray();
        try
        {
            return await calls.RunAsync(
                "send",
                queue,
                runtime => ManyAsync(runtime, messages, bodies, cancellationToken),
                again: () => Array.TrueForAll(bodies, b => b.IsWhole),
                cancellationToken
            );
        }
        finally
        {
            foreach (var body in bodies)
                body.Dispose();
        }
    }

    /// <summary>All of the messages, or none, once: an outcome for all.</summary>
    public async Task<Outcome<IReadOnlyList<Enqueued>>> TogetherAsync(
        QueueName queue,
        IReadOnlyList<NewMessage> messages,
        string id,
        CancellationToken cancellationToken
    )
    {
        var bodies = messages.Select(m => new IncomingBody(m.Body)).ToArray();
        try
        {
            return await calls.RunAsync(
                "send",
                queue,
                runtime => TogetherAsync(runtime, messages, bodies, id, cancellationToken),
                again: QueueCalls.Always,
                cancellationToken
            );
        }
        finally
        {
            foreach (var body in bodies)
                body.Dispose();
        }
    }

    private async Task<Outcome<IReadOnlyList<Enqueued>>> TogetherAsync(
        QueueRuntime runtime,
        IReadOnlyList<NewMessage> messages,
        IncomingBody[] bodies,
        string id,
        CancellationToken cancellationToken
    )
    {
        if (!runtime.Settings.Takes)
            return new Failure.QueuePaused(runtime.Name);
        if (runtime.IsFifo)
            return new Failure.Invalid([new Fault("deduplicationId", "A FIFO queue takes the id of each message, not one for a batch.")]);
        if (IsFull(runtime, messages.Count))
            return new Failure.Overloaded(StorageFault.DefaultRetryAfter);
        var (shard, together) = await Intake.PrepareTogetherAsync(runtime, messages, bodies, id, cancellationToken);
        shard.Enqueue.Enqueue(together);
        var all = new Enqueued[messages.Count];
        for (var i = 0; i < all.Length; i++)
        {
            if (!Watched(runtime, shard, await together.Messages[i].Completion).TryGetValue(out all[i]!, out var failure))
                return failure;
        }

        return all;
    }

    private async Task<Outcome<IReadOnlyList<Outcome<Enqueued>>>> ManyAsync(
        QueueRuntime runtime,
        IReadOnlyList<NewMessage> messages,
        IncomingBody[] bodies,
        CancellationToken cancellationToken
    )
    {
        if (!runtime.Settings.Takes)
            return new Failure.QueuePaused(runtime.Name);
        if (messages.SelectMany((m, i) => RequestRules.Check(m, $"messages[{i}].", runtime.Settings)).ToList() is { Count: > 0 } faults)
            return new Failure.Invalid(faults);
        if (IsFull(runtime, messages.Count))
            return new Failure.Overloaded(StorageFault.DefaultRetryAfter);
        var prepared = new Outcome<Prepared>[messages.Count];
        for (var i = 0; i < messages.Count; i++)
            prepared[i] = await intake.PrepareAsync(runtime, messages[i], bodies[i], cancellationToken);
        foreach (var shard in prepared.Where(p => p.Failure is null).GroupBy(p => p.Value.Shard, p => p.Value.Message))
            shard.Key.Enqueue.EnqueueAll(shard);
        var outcomes = new Outcome<Enqueued>[messages.Count];
        for (var i = 0; i < messages.Count; i++)
            outcomes[i] = prepared[i].TryGetValue(out var p, out var failure)
                ? Watched(runtime, p.Shard, await p.Message.Completion)
                : failure;
        // The queue was found gone before anything was written: the whole call may be tried again on what is there now.
        return Array.TrueForAll(outcomes, o => o.Failure is Failure.QueueGone)
            ? new Failure.QueueGone()
            : outcomes.Select(HideGone).ToArray();

        Outcome<Enqueued> HideGone(Outcome<Enqueued> outcome) =>
            outcome.Failure is Failure.QueueGone ? new Failure.QueueNotFound(runtime.Name) : outcome;
    }

    private bool IsFull(QueueRuntime queue, int more) =>
        queue.Shards.Sum(s => s.Enqueue.Waiting) + more > context.Options.MaxPendingEnqueues;

    private static Outcome<Enqueued> Watched(QueueRuntime runtime, ShardRuntime shard, Outcome<Enqueued> outcome)
    {
        var throttled =
            outcome.Failure is Failure.StorageThrottled || (outcome.Failure is Failure.OutcomeUnknown && shard.Table.IsThrottled);
        if (throttled && !runtime.IsFifo)
            runtime.LeaveShard(shard);
        return outcome;
    }
}

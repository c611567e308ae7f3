using FuncQueue.Engine.Queues;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Topics.Calls;

/// <summary>
/// Runs the operations of one process on its topics: finds the topic, traces and measures, and makes faults of storage the caller's
/// failures.
/// </summary>
internal sealed class TopicCalls(EngineContext context, TopicDirectory directory)
{
    /// <summary>Runs an operation on a topic.</summary>
    /// <param name="again">
    /// Whether the operation, having found its generation of the topic gone, may be run on the one that is there now.
    /// </param>
    public Task<Outcome<T>> RunAsync<T>(
        string operation,
        TopicName topic,
        Func<TopicRuntime, Task<Outcome<T>>> run,
        Func<bool> again,
        CancellationToken cancellationToken
    ) =>
        MeasureAsync(
            operation,
            topic,
            async () =>
            {
                if (await directory.FindAsync(topic, cancellationToken) is not { } runtime)
                    return new Failure.TopicNotFound(topic);
                if (await GuardAsync(run, runtime) is { Failure: not Failure.QueueGone } outcome)
                    return outcome;
                var gone = runtime.Table;
                if (await directory.RefreshAsync(topic).WaitAsync(cancellationToken) is not { } latest)
                    return new Failure.TopicNotFound(topic);
                if (latest.Record.IsDeleting)
                    return new Failure.TopicDeleting(topic);
                // The registry has the topic but its table is missing: somebody deleted the table itself.
                if (latest.Table == gone || !again())
                    return new Failure.StorageUnavailable(StorageFault.DefaultRetryAfter);
                return await GuardAsync(run, latest) is { Failure: not Failure.QueueGone } second
                    ? second
                    : new Failure.TopicNotFound(topic);
            }
        );

    /// <summary>Traces and measures an operation.</summary>
    public Task<Outcome<T>> MeasureAsync<T>(string operation, TopicName topic, Func<Task<Outcome<T>>> run) =>
        QueueCalls.MeasureAsync(context, operation, topic.Value, run);

    private static Task<Outcome<T>> GuardAsync<T>(Func<TopicRuntime, Task<Outcome<T>>> run, TopicRuntime runtime) =>
        QueueCalls.GuardAsync(() => run(runtime));
}

using System.Diagnostics;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Queues;

/// <summary>
/// Runs the operations of one process on its queues: finds the queue, traces and measures, and makes faults of storage the caller's
/// failures.
/// </summary>
internal sealed class QueueCalls(EngineContext context, QueueDirectory directory)
{
    /// <summary>For calls that leave nothing behind where they find the queue gone, and mean whatever queue has the name.</summary>
    public static readonly Func<bool> Always = () => true;

    private static readonly ActivitySource Traces = new(QueueEngine.ActivitySourceName);

    /// <summary>Runs an operation on a queue.</summary>
    /// <param name="again">
    /// Whether the operation, having found its generation of the queue gone, may be run on the one that is there now; null: never.
    /// </param>
    /// <param name="fresh">Whether to read the registry before, whatever is known of the queue.</param>
    public Task<Outcome<T>> RunAsync<T>(
        string operation,
        QueueName queue,
        Func<QueueRuntime, Task<Outcome<T>>> run,
        Func<bool>? again,
        CancellationToken cancellationToken,
        bool fresh = false
    ) =>
        MeasureAsync<T>(
            operation,
            queue,
            async () =>
            {
                var runtime = fresh
                    ? await directory.ReadAsync(queue, cancellationToken)
                    : await directory.FindAsync(queue, cancellationToken);
                if (runtime is null)
                    return new Failure.QueueNotFound(queue);
                if (await GuardAsync(run, runtime) is { Failure: not Failure.QueueGone } outcome)
                    return outcome;
                var gone = runtime.Table;
                runtime = await directory.RefreshAsync(queue).WaitAsync(cancellationToken);
                if (runtime is null)
                    return new Failure.QueueNotFound(queue);
                // The registry has the queue but its table is missing: somebody deleted the table itself, or is about to delete the queue.
                if (runtime.Table == gone || again?.Invoke() is not true)
                    return new Failure.StorageUnavailable(StorageFault.DefaultRetryAfter);
                return await GuardAsync(run, runtime) is { Failure: not Failure.QueueGone } second
                    ? second
                    : new Failure.QueueNotFound(queue);
            }
        );

    /// <summary>Traces and measures an operation.</summary>
    public Task<Outcome<T>> MeasureAsync<T>(string operation, QueueName queue, Func<Task<Outcome<T>>> run) =>
        MeasureAsync(context, operation, queue.Value, run);

    /// <summary>Traces and measures an operation on a queue or topic.</summary>
    public static async Task<Outcome<T>> MeasureAsync<T>(
        EngineContext context,
        string operation,
        string destination,
        Func<Task<Outcome<T>>> run
    )
    {
        using var trace = Traces.StartActivity($"{operation} {destination}", ActivityKind.Client);
        trace?.SetTag("messaging.system", "funcqueue");
        trace?.SetTag("messaging.operation.name", operation);
        trace?.SetTag("messaging.destination.name", destination);
        var began = context.Time.GetTimestamp();
        var outcome = await GuardAsync(run);
        if (outcome.Failure is { } failure)
        {
            trace?.SetTag("error.type", failure.GetType().Name);
            trace?.SetStatus(ActivityStatusCode.Error);
        }

        context.Metrics.Operation(operation, destination, context.Time.GetElapsedTime(began), outcome.Failure);
        return outcome;
    }

    /// <summary>Faults of storage while reading become failures.</summary>
    public static async Task<Outcome<T>> GuardAsync<T>(Func<Task<Outcome<T>>> run)
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

    /// <summary>
    /// Another process may have raised the number of shards since this one read the settings: a message or receipt that names a shard
    /// unknown here is reason to read them again.
    /// </summary>
    public async Task KnowShardsAsync(QueueRuntime runtime, int shards, CancellationToken cancellationToken)
    {
        if (shards > runtime.Shards.Count)
            await directory.RefreshAsync(runtime.Name).WaitAsync(cancellationToken);
    }

    /// <summary>As above, for the shard of a message.</summary>
    public async Task<Inspection> InspectAsync(QueueRuntime runtime, MessageId message, CancellationToken cancellationToken)
    {
        if (MessageLocation.TryParse(message, out var location))
            await KnowShardsAsync(runtime, location.Shard + 1, cancellationToken);
        return new Inspection(context, runtime);
    }

    /// <summary>The failure of a call that was carried out in part: that nothing happened is not true of it.</summary>
    public static Failure InPart(Failure failure) => failure.InPart();

    private static Task<Outcome<T>> GuardAsync<T>(Func<QueueRuntime, Task<Outcome<T>>> run, QueueRuntime runtime) =>
        GuardAsync(() => run(runtime));
}

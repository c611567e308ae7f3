using System.Diagnostics;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Registry;

/// <summary>Traces and measures operations, and makes faults of storage the caller's failures.</summary>
internal abstract class MeasuredCalls
{
    private static readonly ActivitySource Traces = new(QueueEngine.ActivitySourceName);

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
}

using System.Diagnostics;
using System.Diagnostics.Metrics;
using FuncQueue.Engine.Queues;
using FuncQueue.Engine.Registry;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Sweeping;
using Microsoft.Extensions.Logging;

namespace FuncQueue.Engine;

/// <summary>
/// FuncQueue itself: queues and messages in Azure Storage. Thread-safe; one per process. Every expected failure is a value of
/// <see cref="Failure"/>. Ranges are the caller's to check first with <see cref="RequestRules"/>.
/// </summary>
public sealed partial class QueueEngine : IAsyncDisposable
{
    /// <summary>The source of the engine's traces.</summary>
    public const string ActivitySourceName = "FuncQueue";

    /// <summary>The engine's meter.</summary>
    public const string MeterName = EngineMetrics.MeterName;

    private static readonly ActivitySource Traces = new(ActivitySourceName);

    private readonly EngineContext context;
    private readonly DataAccounts accounts;
    private readonly QueueRegistry registry;
    private readonly QueueDirectory directory;
    private readonly Intake intake;
    private readonly Sweeper sweeper;

    /// <param name="storage">The accounts that queues lie in; the first has the registry and stays the first.</param>
    public QueueEngine(IReadOnlyList<StorageClients> storage, EngineOptions options, TimeProvider time, ILoggerFactory logging, IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(storage);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(logging);
        ArgumentNullException.ThrowIfNull(meters);
        options.Validate();
        var log = logging.CreateLogger("FuncQueue.Engine");
        accounts = new DataAccounts(storage, options, log);
        context = new EngineContext(options, time, accounts.First.Clients.Clock, log, new EngineMetrics(meters, time));
        foreach (var clock in storage.Select(s => s.Clock).Distinct())
            clock.Watch(time, options.MaxClockOffset, offset => EngineLog.ClockOff(log, offset, options.MaxClockOffset));
        registry = new QueueRegistry(context, accounts);
        directory = new QueueDirectory(context, accounts, registry);
        intake = new Intake(context);
        sweeper = new Sweeper(context, registry, directory);
    }

    /// <summary>
    /// Hands out up to the messages asked for; an empty list when there was none within the wait. Cancelling gives what was leased back
    /// to the queue.
    /// </summary>
    public Task<Outcome<IReadOnlyList<DeliveredMessage>>> DequeueAsync(QueueName queue, MessageSource source, DequeueRequest request, CancellationToken cancellationToken) =>
        WithQueueAsync("receive", queue, runtime => runtime.DispatcherOf(source).ReceiveAsync(request, cancellationToken), cancellationToken);

    /// <summary>Drops the messages it meets, leased ones too.</summary>
    public Task<Outcome<Purged>> PurgeAsync(QueueName queue, MessageSource source, CancellationToken cancellationToken) =>
        WithQueueAsync("purge", queue, runtime => new Removal(context, runtime).PurgeAsync(source, cancellationToken), cancellationToken);

    /// <summary>Makes dead letters live again as new messages, of the same queue or of <see cref="RedriveRequest.To"/>.</summary>
    public Task<Outcome<Redriven>> RedriveAsync(QueueName queue, RedriveRequest request, CancellationToken cancellationToken) =>
        WithQueueAsync<Redriven>(
            "redrive",
            queue,
            async runtime =>
            {
                QueueRuntime? target = null;
                if (request.To is { } to && to != queue)
                {
                    target = await directory.ReadAsync(to, cancellationToken);
                    if (target is null)
                        return new Failure.QueueNotFound(to);
                    if (target.IsFifo && !runtime.IsFifo)
                        return new Failure.QueueTypeMismatch($"Queue {to} is of type fifo and takes no messages from queue {queue}, where they need no group.");
                }

                var redrive = new Redrive(context, runtime, target);
                foreach (var id in request.MessageIds ?? [])
                    await InspectAsync(runtime, id, cancellationToken);
                if (!(await redrive.MoveAsync(request, cancellationToken)).TryGetValue(out var moved, out var failure))
                    return failure;
                try
                {
                    return new Redriven(moved, await new Inspection(context, runtime).CountDeadLettersAsync(cancellationToken));
                }
                catch (StorageFaultException exception) when (moved > 0)
                {
                    return new Failure.OutcomeUnknown(exception.Fault.RetryAfter);
                }
            },
            cancellationToken);

    /// <summary>
    /// The maintenance pass: idempotent, safe to overlap with itself and with everything else. <paramref name="everything"/> visits
    /// every shard, not only those known to be active.
    /// </summary>
    public async Task<Outcome<SweepReport>> SweepAsync(SweepScope scope, bool everything, CancellationToken cancellationToken)
    {
        try
        {
            return await sweeper.SweepAsync(scope, everything, cancellationToken);
        }
        catch (StorageFaultException exception)
        {
            return exception.Fault.ToReadFailure();
        }
    }

    /// <summary>Reads from each storage account and compares clocks.</summary>
    public async Task<HealthReport> CheckHealthAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Only the first has a registry; the others answer that there is none.
            await Task.WhenAll(accounts.All.Select(a => new RegistryTable(a.Clients, context.Options.RegistryTable).ReadAsync(RegistryKeys.SigningKey, cancellationToken)));
        }
        catch (StorageFaultException exception)
        {
            return new HealthReport(false, $"Storage does not answer ({exception.Fault.Kind}).");
        }

        return accounts.All.Select(a => a.Clients.Clock.Offset).FirstOrDefault(o => o != TimeSpan.Zero) is var offset && offset != TimeSpan.Zero
            ? new HealthReport(false, $"This process's clock is {offset.TotalSeconds:0.0} s off from storage's.")
            : new HealthReport(true, "Storage answers.");
    }

    /// <summary>Answers the receivers that wait with nothing, and new ones at once: the process is about to stop.</summary>
    public void StopWaiting()
    {
        context.Stopping = true;
        foreach (var runtime in directory.All)
        {
            runtime.Live.CompleteAll(Array.Empty<DeliveredMessage>());
            runtime.Dead.CompleteAll(Array.Empty<DeliveredMessage>());
        }
    }

    /// <summary>Ends waiting receivers with nothing and finishes the writes under way.</summary>
    public async ValueTask DisposeAsync()
    {
        StopWaiting();
        await WhenIdleAsync();
    }

    /// <summary>Completes when nothing is under way: a call may be answered before all that it has set off is done.</summary>
    internal async Task WhenIdleAsync()
    {
        foreach (var runtime in directory.All)
            await runtime.WhenIdleAsync();
    }

    /// <summary>
    /// Another process may have raised the number of shards since this one read the settings: a message or receipt that names a shard
    /// unknown here is reason to read them again.
    /// </summary>
    private async Task KnowShardsAsync(QueueRuntime runtime, int shards, CancellationToken cancellationToken)
    {
        if (shards > runtime.Shards.Count)
            await directory.RefreshAsync(runtime.Name).WaitAsync(cancellationToken);
    }

    private async Task<Inspection> InspectAsync(QueueRuntime runtime, MessageId message, CancellationToken cancellationToken)
    {
        if (MessageLocation.TryParse(message, out var location))
            await KnowShardsAsync(runtime, location.Shard + 1, cancellationToken);
        return new Inspection(context, runtime);
    }

    /// <summary>Runs an operation on a queue; on a queue that turns out gone, once more on what the registry says now.</summary>
    private Task<Outcome<T>> WithQueueAsync<T>(
        string operation, QueueName queue, Func<QueueRuntime, Task<Outcome<T>>> run, CancellationToken cancellationToken, bool fresh = false) =>
        MeasureAsync<T>(operation, queue, async () =>
        {
            var runtime = fresh ? await directory.ReadAsync(queue, cancellationToken) : await directory.FindAsync(queue, cancellationToken);
            if (runtime is null)
                return new Failure.QueueNotFound(queue);
            if (await GuardAsync(run, runtime) is { Failure: not Failure.QueueGone } outcome)
                return outcome;
            var gone = runtime.Table;
            runtime = await directory.RefreshAsync(queue).WaitAsync(cancellationToken);
            if (runtime is null)
                return new Failure.QueueNotFound(queue);
            // The registry has the queue but its table is missing: somebody deleted the table itself, or is about to delete the queue.
            if (runtime.Table == gone)
                return new Failure.StorageUnavailable(StorageFault.DefaultRetryAfter);
            return await GuardAsync(run, runtime) is { Failure: not Failure.QueueGone } second ? second : new Failure.QueueNotFound(queue);
        });

    /// <summary>The failure of a call that was carried out in part: that nothing happened is not true of it.</summary>
    internal static Failure InPart(Failure failure) => failure switch
    {
        Failure.StorageUnavailable(var after) => new Failure.OutcomeUnknown(after),
        Failure.StorageThrottled(var after) => new Failure.OutcomeUnknown(after),
        _ => failure,
    };

    private static async Task<Outcome<T>> GuardAsync<T>(Func<QueueRuntime, Task<Outcome<T>>> run, QueueRuntime runtime)
    {
        try
        {
            return await run(runtime);
        }
        catch (StorageFaultException exception)
        {
            return exception.Fault.ToReadFailure();
        }
    }

    private async Task<Outcome<T>> MeasureAsync<T>(string operation, QueueName queue, Func<Task<Outcome<T>>> run)
    {
        using var trace = Traces.StartActivity($"{operation} {queue}", ActivityKind.Client);
        trace?.SetTag("messaging.system", "funcqueue");
        trace?.SetTag("messaging.operation.name", operation);
        trace?.SetTag("messaging.destination.name", queue.Value);
        var began = context.Time.GetTimestamp();
        Outcome<T> outcome;
        try
        {
            outcome = await run();
        }
        catch (StorageFaultException exception)
        {
            outcome = exception.Fault.ToReadFailure();
        }

        if (outcome.Failure is { } failure)
        {
            trace?.SetTag("error.type", failure.GetType().Name);
            trace?.SetStatus(ActivityStatusCode.Error);
        }

        context.Metrics.Operation(operation, queue, context.Time.GetElapsedTime(began), outcome.Failure);
        return outcome;
    }
}

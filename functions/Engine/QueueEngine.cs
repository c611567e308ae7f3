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

    /// <summary>
    /// Hands out up to the messages asked for; an empty list when there was none within the wait. Cancelling gives what was leased back
    /// to the queue.
    /// </summary>
    public Task<Outcome<IReadOnlyList<DeliveredMessage>>> DequeueAsync(QueueName queue, MessageSource source, DequeueRequest request, CancellationToken cancellationToken) =>
        WithQueueAsync("receive", queue, runtime => runtime.DispatcherOf(source).ReceiveAsync(request, cancellationToken), cancellationToken);

    /// <summary>Looks at messages without leasing them: ready ones of the live, all of the dead letters; oldest first.</summary>
    public Task<Outcome<MessagePage>> PeekAsync(QueueName queue, MessageSource source, int maxMessages, string? continuation, CancellationToken cancellationToken) =>
        ListAsync("peek", queue, source == MessageSource.Live ? MessageStatus.Ready : MessageStatus.DeadLettered, maxMessages, continuation, cancellationToken);

    /// <summary>Looks at messages that are not due yet: those given back with a delay, then those enqueued with one, by due instant.</summary>
    public Task<Outcome<MessagePage>> ListScheduledAsync(QueueName queue, int maxMessages, string? continuation, CancellationToken cancellationToken) =>
        ListAsync("list-scheduled", queue, MessageStatus.Scheduled, maxMessages, continuation, cancellationToken);

    /// <summary>Groups that have messages in the queue, up to <paramref name="maxGroups"/>, those with the oldest first.</summary>
    public Task<Outcome<GroupPage>> ListGroupsAsync(QueueName queue, int maxGroups, string? continuation, CancellationToken cancellationToken) =>
        PageAsync("list-groups", queue, continuation, (runtime, after) => new GroupList(context, runtime).ReadAsync(maxGroups, after, cancellationToken), cancellationToken);

    private Task<Outcome<MessagePage>> ListAsync(
        string operation, QueueName queue, MessageStatus status, int maxMessages, string? continuation, CancellationToken cancellationToken) =>
        PageAsync(operation, queue, continuation, (runtime, after) => new Inspection(context, runtime).PeekAsync(status, maxMessages, after, cancellationToken), cancellationToken);

    private Task<Outcome<T>> PageAsync<T>(
        string operation, QueueName queue, string? continuation, Func<QueueRuntime, PeekPosition?, Task<T>> read, CancellationToken cancellationToken)
    {
        PeekPosition? after = null;
        if (continuation is not null)
        {
            if (!PeekPosition.TryDecode(continuation, out var position))
                return Task.FromResult<Outcome<T>>(new Failure.Invalid([new Fault("continuation", "Is not one that was handed out.")]));
            after = position;
        }

        return WithQueueAsync<T>(operation, queue, async runtime => await read(runtime, after), cancellationToken);
    }

    /// <summary>The message wherever it is, dead letters included.</summary>
    public Task<Outcome<StoredMessage>> FindMessageAsync(QueueName queue, MessageId messageId, CancellationToken cancellationToken) =>
        WithQueueAsync<StoredMessage>(
            "find",
            queue,
            async runtime => await (await InspectAsync(runtime, messageId, cancellationToken)).FindAsync(messageId, cancellationToken) is { } found ? found.Message : new Failure.MessageNotFound(),
            cancellationToken);

    /// <summary>The body of a message, streamed; also, for an hour, of one received with <c>Delete</c> whose body is a payload.</summary>
    public Task<Outcome<OpenedBody>> OpenBodyAsync(QueueName queue, MessageId messageId, CancellationToken cancellationToken) =>
        WithQueueAsync<OpenedBody>(
            "read-body",
            queue,
            async runtime => await (await InspectAsync(runtime, messageId, cancellationToken)).OpenBodyAsync(messageId, cancellationToken) is { } body ? body : new Failure.MessageNotFound(),
            cancellationToken);

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

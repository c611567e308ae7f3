using System.Diagnostics.Metrics;
using FuncQueue.Engine.Decisions;
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
public sealed class QueueEngine : IAsyncDisposable
{
    /// <summary>The source of the engine's traces.</summary>
    public const string ActivitySourceName = "FuncQueue";

    /// <summary>The engine's meter.</summary>
    public const string MeterName = EngineMetrics.MeterName;

    /// <summary>How long the end of a process waits for its totals to be written.</summary>
    private static readonly TimeSpan SaveTime = TimeSpan.FromSeconds(3);

    private readonly EngineContext context;
    private readonly DataAccounts accounts;
    private readonly QueueRegistry registry;
    private readonly QueueDirectory directory;
    private readonly QueueCalls calls;

    /// <param name="storage">The accounts that queues lie in; the first has the registry and stays the first.</param>
    public QueueEngine(
        IReadOnlyList<StorageClients> storage,
        EngineOptions options,
        TimeProvider time,
        ILoggerFactory logging,
        IMeterFactory meters
    )
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
        calls = new QueueCalls(context, directory);
    }

    /// <summary>Who is told of each queue in which this process has dead-lettered something. Must not block, nor throw.</summary>
    public Action<QueueName>? DeadLettered
    {
        get => context.DeadLettered;
        set => context.DeadLettered = value;
    }

    private RegistryCalls Queues => new(context, registry, directory, calls, Subscribers);

    internal ReadCalls Reading => new(context, registry, calls);

    /// <summary>Creates the queue, or changes the settings that <paramref name="change"/> names.</summary>
    public Task<Outcome<QueuePut>> PutQueueAsync(
        QueueName queue,
        QueueSettingsChange change,
        QueueCondition condition,
        CancellationToken cancellationToken
    ) => Queues.PutAsync(queue, change, condition, cancellationToken);

    /// <summary>As <see cref="PutQueueAsync"/>, without counting what is in the queue.</summary>
    public Task<Outcome<QueueInfo>> SetQueueAsync(
        QueueName queue,
        QueueSettingsChange change,
        QueueCondition condition,
        CancellationToken cancellationToken
    ) => Queues.SetAsync(queue, change, condition, cancellationToken);

    /// <summary>
    /// Queues whose names begin with <paramref name="prefix"/>, by name, up to <paramref name="maxResults"/> (1 to 1,000). A
    /// continuation that is no answer of this method's is <see cref="Failure.Invalid"/>.
    /// </summary>
    public Task<Outcome<QueuePage>> ListQueuesAsync(
        string prefix,
        int maxResults,
        string? continuation,
        CancellationToken cancellationToken
    ) => Queues.ListAsync(prefix, maxResults, continuation, cancellationToken);

    /// <summary>The queue and its counts, computed from the rows as they are.</summary>
    public Task<Outcome<QueueStatus>> GetQueueAsync(QueueName queue, CancellationToken cancellationToken) =>
        Reading.CountAsync(queue, cancellationToken);

    /// <summary>The queue as this process knows it: what is told may be as old as <see cref="EngineOptions.SettingsCacheTime"/>.</summary>
    public Task<Outcome<QueueInfo>> FindQueueAsync(QueueName queue, CancellationToken cancellationToken) =>
        Queues.FindAsync(queue, cancellationToken);

    /// <summary>The queue as its row says now.</summary>
    public Task<Outcome<QueueInfo>> ReadQueueAsync(QueueName queue, CancellationToken cancellationToken) =>
        Queues.ReadAsync(queue, cancellationToken);

    /// <summary>
    /// Removes the queue and everything in it; true when it was there. When it says so, nothing more is stored in it, by whatever process,
    /// and a queue of the same name is another one.
    /// </summary>
    public Task<Outcome<bool>> DeleteQueueAsync(QueueName queue, CancellationToken cancellationToken) =>
        Queues.DeleteAsync(queue, cancellationToken);

    /// <summary>
    /// Whether a queue of this name was deleted within the last <paramref name="time"/>, of which at most an hour is known.
    /// </summary>
    public Task<Outcome<bool>> WasDeletedAsync(QueueName queue, TimeSpan time, CancellationToken cancellationToken) =>
        Queues.WasDeletedAsync(queue, time, cancellationToken);

    /// <summary>Stores one message; when it returns, the message is durable.</summary>
    public Task<Outcome<Enqueued>> EnqueueAsync(QueueName queue, NewMessage message, CancellationToken cancellationToken) =>
        new Enqueueing(context, calls).OneAsync(queue, message, cancellationToken);

    /// <summary>
    /// Enqueues each; outcomes in the order of the messages. The outer failure is one that concerns all, as an unknown queue. When it is
    /// returned, nothing happened.
    /// </summary>
    public Task<Outcome<IReadOnlyList<Outcome<Enqueued>>>> EnqueueBatchAsync(
        QueueName queue,
        IReadOnlyList<NewMessage> messages,
        CancellationToken cancellationToken
    ) => new Enqueueing(context, calls).ManyAsync(queue, messages, cancellationToken);

    internal EngineContext Context => context;

    internal QueueCalls Calls => calls;

    internal DataAccounts Accounts => accounts;

    internal QueueRegistry Registry => registry;

    /// <summary>Told of queues that are deleted; null: there are no topics.</summary>
    internal IQueueSubscribers? Subscribers { get; set; }

    /// <summary>Tells what this process leases and writes from what others do.</summary>
    internal ProcessId Process => context.Process;

    /// <summary>
    /// Hands out up to the messages asked for; an empty list when there was none within the wait. Cancelling gives what was leased back
    /// to the queue.
    /// </summary>
    public Task<Outcome<IReadOnlyList<DeliveredMessage>>> DequeueAsync(
        QueueName queue,
        MessageSource source,
        DequeueRequest request,
        CancellationToken cancellationToken
    ) =>
        calls.RunAsync(
            "receive",
            queue,
            async runtime => TraceLinks.To(await runtime.DispatcherOf(source).ReceiveAsync(request, cancellationToken)),
            again: QueueCalls.Always,
            cancellationToken
        );

    /// <summary>Settles each receipt; results in their order. A failure concerns all: what it says of one may hold for some.</summary>
    public Task<Outcome<IReadOnlyList<Settled>>> SettleAsync(
        QueueName queue,
        MessageSource source,
        Settlement settlement,
        IReadOnlyList<string> receipts,
        CancellationToken cancellationToken
    ) => SettleAsync(queue, source, [.. receipts.Select(receipt => new ReceiptSettlement(receipt, settlement))], cancellationToken);

    /// <summary>As above, each receipt in its own way.</summary>
    public Task<Outcome<IReadOnlyList<Settled>>> SettleAsync(
        QueueName queue,
        MessageSource source,
        IReadOnlyList<ReceiptSettlement> receipts,
        CancellationToken cancellationToken
    ) => new SettleCalls(calls, context.Time).SettleAsync(queue, source, receipts, cancellationToken);

    /// <summary>Drops a message that is not due yet; <see cref="Failure.MessageNotFound"/> when it is due, or not there.</summary>
    public Task<Outcome<bool>> CancelScheduledAsync(QueueName queue, MessageId messageId, CancellationToken cancellationToken) =>
        new SettleCalls(calls, context.Time).CancelAsync(queue, messageId, cancellationToken);

    /// <summary>Drops the messages it meets, leased ones too.</summary>
    public Task<Outcome<Purged>> PurgeAsync(QueueName queue, MessageSource source, CancellationToken cancellationToken) =>
        calls.RunAsync(
            "purge",
            queue,
            runtime => new Removal(context, runtime, source, filter: null).PurgeAsync(cancellationToken),
            again: QueueCalls.Always,
            cancellationToken
        );

    /// <summary>Makes dead letters live again as new messages, of the same queue or of <see cref="RedriveRequest.To"/>.</summary>
    public Task<Outcome<Redriven>> RedriveAsync(QueueName queue, RedriveRequest request, CancellationToken cancellationToken) =>
        new RedriveCalls(context, directory, calls).RedriveAsync(queue, request, cancellationToken);

    /// <summary>Looks at messages without leasing them: ready ones of the live, all of the dead letters; oldest first.</summary>
    public Task<Outcome<MessagePage>> PeekAsync(
        QueueName queue,
        MessageSource source,
        int maxMessages,
        string? continuation,
        CancellationToken cancellationToken
    ) =>
        Reading.ListAsync(
            queue,
            source == MessageSource.Live ? MessageStatus.Ready : MessageStatus.DeadLettered,
            maxMessages,
            continuation,
            cancellationToken
        );

    /// <summary>Groups that have messages in the queue, up to <paramref name="maxGroups"/>, those with the oldest first.</summary>
    public Task<Outcome<GroupPage>> ListGroupsAsync(
        QueueName queue,
        int maxGroups,
        string? continuation,
        CancellationToken cancellationToken
    ) => Reading.ListGroupsAsync(queue, maxGroups, continuation, cancellationToken);

    /// <summary>The message wherever it is, dead letters included.</summary>
    public Task<Outcome<StoredMessage>> FindMessageAsync(QueueName queue, MessageId messageId, CancellationToken cancellationToken) =>
        Reading.FindAsync(queue, messageId, cancellationToken);

    /// <summary>
    /// What an enqueue of this id to this group of a FIFO queue repeats, whether that message is still there or not; null: nothing, as far
    /// as the window of deduplication reaches.
    /// </summary>
    public Task<Outcome<Enqueued?>> FindRepeatedAsync(
        QueueName queue,
        string groupId,
        string deduplicationId,
        CancellationToken cancellationToken
    ) => Reading.FindRepeatedAsync(queue, groupId, deduplicationId, cancellationToken);

    /// <summary>The body of a message, streamed; also, for an hour, of one received with <c>Delete</c> whose body is a payload.</summary>
    public Task<Outcome<OpenedBody>> OpenBodyAsync(QueueName queue, MessageId messageId, CancellationToken cancellationToken) =>
        Reading.OpenBodyAsync(queue, messageId, cancellationToken);

    /// <summary>
    /// The maintenance pass: idempotent, safe to overlap with itself and with everything else. <paramref name="everything"/> visits
    /// every shard, not only those known to be active.
    /// </summary>
    public Task<Outcome<SweepReport>> SweepAsync(SweepScope scope, bool everything, CancellationToken cancellationToken) =>
        QueueCalls.GuardAsync<SweepReport>(async () =>
            await new Sweeper(context, registry, directory).SweepAsync(scope, everything, cancellationToken)
        );

    /// <summary>
    /// As <see cref="SweepAsync"/> of what is known to be active; but when an hour has passed since any process visited every shard, this
    /// call does, whatever its scope.
    /// </summary>
    public Task<Outcome<SweepReport>> SweepDueAsync(SweepScope scope, CancellationToken cancellationToken) =>
        QueueCalls.GuardAsync<SweepReport>(async () =>
            await new Sweeper(context, registry, directory).SweepDueAsync(scope, cancellationToken)
        );

    /// <summary>Reads from each storage account and compares clocks.</summary>
    public Task<HealthReport> CheckHealthAsync(CancellationToken cancellationToken) =>
        HealthCheck.RunAsync(accounts, context.Options, cancellationToken);

    /// <summary>Answers the receivers that wait with nothing, and new ones at once: the process is about to stop.</summary>
    public void StopWaiting()
    {
        context.Stopping = true;
        directory.AnswerWaiting();
    }

    /// <summary>Ends waiting receivers with nothing and finishes the writes under way.</summary>
    public async ValueTask DisposeAsync()
    {
        StopWaiting();
        await WhenIdleAsync();
        try
        {
            await Task.WhenAll(context.Metrics.Tallies.All.Select(registry.Totals.SaveAsync)).WaitAsync(SaveTime, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            // Storage does not answer, and totals are not worth waiting for.
        }
    }

    internal QueueDirectory Directory => directory;

    /// <summary>How many queues this process has in mind.</summary>
    internal int KnownQueues => directory.All.Count();

    /// <summary>Completes when nothing is under way: a call may be answered before all that it has set off is done.</summary>
    internal async Task WhenIdleAsync()
    {
        foreach (var runtime in directory.All)
            await runtime.WhenIdleAsync();
    }
}

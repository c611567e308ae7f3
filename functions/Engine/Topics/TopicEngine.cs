using FuncQueue.Engine.Queues;
using FuncQueue.Engine.Registry;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics.Calls;
using FuncQueue.Engine.Topics.Compaction;
using FuncQueue.Engine.Topics.Filters;
using FuncQueue.Engine.Topics.Forwarding;
using FuncQueue.Engine.Topics.Groups;
using FuncQueue.Engine.Topics.Log;
using FuncQueue.Engine.Topics.Registry;
using FuncQueue.Engine.Topics.Subscriptions;
using FuncQueue.Engine.Topics.Sweeping;

namespace FuncQueue.Engine.Topics;

/// <summary>
/// Topics of FuncQueue: durable, ordered logs of records, in the same storage as the queues. Thread-safe; one per process. Every expected
/// failure is a value of <see cref="Failure"/>.
/// </summary>
public sealed class TopicEngine : IAsyncDisposable
{
    private readonly EngineContext context;
    private readonly RegistryTable registryTable;
    private readonly QueueDirectory queueDirectory;
    private readonly DataAccounts accounts;
    private readonly TopicRegistry registry;
    private readonly TopicDirectory directory;
    private readonly TopicCalls calls;
    private readonly GroupDirectory groups;
    private readonly KeyIndexes indexes = new();

    /// <param name="queues">The queues of the same process, whose storage, options and clock it shares.</param>
    public TopicEngine(QueueEngine queues)
        : this(queues, new TopicLogs()) { }

    private TopicEngine(QueueEngine queues, TopicLogs topics)
        : this(queues, Forwarded(queues, topics)) => topics.Directory = directory;

    internal TopicEngine(QueueEngine queues, Func<TopicRecord, ITopicSubscriptions> subscriptions)
    {
        ArgumentNullException.ThrowIfNull(queues);
        (context, accounts) = (queues.Context, queues.Accounts);
        registryTable = queues.Registry.Table;
        queueDirectory = queues.Directory;
        registry = new TopicRegistry(context, accounts, registryTable);
        directory = new TopicDirectory(context, accounts, registry, subscriptions);
        calls = new TopicCalls(context, directory);
        groups = new GroupDirectory(context, accounts, queueDirectory);
        Groups = new TopicGroups(new GroupCalls(context, accounts, calls, groups));
        queues.Subscribers = new QueueSubscribers(queues.Registry.Table, directory);
    }

    /// <summary>Readers that share the partitions of a topic.</summary>
    public TopicGroups Groups { get; }

    private TopicDeletion Deletion => new(context, accounts, registry, directory);

    private TopicRegistryCalls Topics => new(context, registry, directory, calls);

    /// <summary>Creates the topic, or changes the settings that <paramref name="change"/> names.</summary>
    public Task<Outcome<TopicPut>> PutTopicAsync(
        TopicName topic,
        TopicSettingsChange change,
        TopicCondition condition,
        CancellationToken cancellationToken
    ) =>
        new AlternateQueues(queueDirectory, directory).PutAsync(
            change,
            () => Topics.PutAsync(topic, change, condition, cancellationToken),
            cancellationToken
        );

    /// <summary>
    /// Topics whose names begin with <paramref name="prefix"/>, by name, up to <paramref name="maxResults"/> (1 to 1,000). A
    /// continuation that is no answer of this method's is <see cref="Failure.Invalid"/>.
    /// </summary>
    public Task<Outcome<TopicPage>> ListTopicsAsync(
        string prefix,
        int maxResults,
        string? continuation,
        CancellationToken cancellationToken
    ) => Topics.ListAsync(prefix, maxResults, continuation, cancellationToken);

    /// <summary>The topic and its partitions, as they are.</summary>
    public Task<Outcome<TopicStatus>> GetTopicAsync(TopicName topic, CancellationToken cancellationToken) =>
        Topics.GetAsync(topic, cancellationToken);

    /// <summary>The topic as this process knows it: what is told may be as old as <see cref="EngineOptions.SettingsCacheTime"/>.</summary>
    public Task<Outcome<TopicInfo>> FindTopicAsync(TopicName topic, CancellationToken cancellationToken) =>
        Topics.FindAsync(topic, cancellationToken);

    /// <summary>
    /// Removes the topic and everything in it; true when it was there. When it says so, nothing more is stored in it, by whatever process,
    /// and a topic of the same name is another one.
    /// </summary>
    /// <param name="drain">
    /// Whether subscriptions take what is theirs first. If that takes long, the outcome is not known: another call, or a sweep, goes on.
    /// </param>
    public Task<Outcome<bool>> DeleteTopicAsync(TopicName topic, bool drain, CancellationToken cancellationToken) =>
        calls.MeasureAsync("delete-topic", topic, () => Deletion.DeleteAsync(topic, !drain, cancellationToken));

    /// <summary>Stores one record; when it returns, the record is durable.</summary>
    public Task<Outcome<Published>> PublishAsync(TopicName topic, PublishRequest record, CancellationToken cancellationToken) =>
        new Publishing(context, calls).OneAsync(topic, record, cancellationToken);

    /// <summary>
    /// Stores each; outcomes in the order of the records. Of one key, none is stored behind one that failed. The outer failure is one that
    /// concerns all, as an unknown topic: nothing happened.
    /// </summary>
    public Task<Outcome<IReadOnlyList<Outcome<Published>>>> PublishBatchAsync(
        TopicName topic,
        IReadOnlyList<PublishRequest> records,
        CancellationToken cancellationToken
    ) => new Publishing(context, calls).ManyAsync(topic, records, cancellationToken);

    /// <summary>Stores all, next to each other, or none.</summary>
    public Task<Outcome<IReadOnlyList<Published>>> PublishAtomicAsync(
        TopicName topic,
        AtomicPublish batch,
        CancellationToken cancellationToken
    ) => new Publishing(context, calls).AtomicAsync(topic, batch, cancellationToken);

    /// <summary>Records of a partition in their order; none when none came within the wait.</summary>
    public Task<Outcome<RecordPage>> ReadAsync(TopicName topic, ReadRequest request, CancellationToken cancellationToken) =>
        new ReadingCalls(calls).ReadAsync(topic, request, cancellationToken);

    /// <summary>
    /// Records of all partitions, those of each in their order; none when none came within the wait. <see cref="Failure.OffsetExpired"/>
    /// when what follows a position has been removed.
    /// </summary>
    public Task<Outcome<TopicRecordPage>> ReadAsync(TopicName topic, TopicReadRequest request, CancellationToken cancellationToken) =>
        new ReadingCalls(calls).ReadAsync(topic, request, cancellationToken);

    /// <summary>One record.</summary>
    public Task<Outcome<Record>> FindRecordAsync(TopicName topic, int partition, long offset, CancellationToken cancellationToken) =>
        new ReadingCalls(calls).FindAsync(topic, partition, offset, cancellationToken);

    /// <summary>The body of a record, streamed.</summary>
    public Task<Outcome<OpenedBody>> OpenBodyAsync(TopicName topic, int partition, long offset, CancellationToken cancellationToken) =>
        new ReadingCalls(calls).OpenBodyAsync(topic, partition, offset, cancellationToken);

    /// <summary>The newest record of a key, of a topic that is compacted.</summary>
    public Task<Outcome<Record>> FindKeyAsync(TopicName topic, string key, CancellationToken cancellationToken) =>
        new KeyCalls(calls, indexes).FindAsync(topic, key, cancellationToken);

    /// <summary>Makes the subscription, or changes its filters.</summary>
    public Task<Outcome<SubscriptionPut>> PutSubscriptionAsync(
        TopicName topic,
        QueueName subscription,
        SubscriptionRequest request,
        TopicCondition condition,
        CancellationToken cancellationToken
    ) =>
        SubscribedAsync(
            "put-subscription",
            topic,
            s => s.Calls.PutAsync(subscription, request, condition, cancellationToken),
            cancellationToken
        );

    /// <summary>Changes the filters of several: every record is routed by all of the old ones or all of the new ones.</summary>
    public Task<Outcome<IReadOnlyList<SubscriptionInfo>>> ChangeFiltersAsync(
        TopicName topic,
        IReadOnlyDictionary<QueueName, SubscriptionFilters> filters,
        CancellationToken cancellationToken
    ) => SubscribedAsync("change-filters", topic, s => s.Calls.ChangeAsync(filters, cancellationToken), cancellationToken);

    /// <summary>The subscription of this name, or all, with how far they are: what is still to be taken is counted in storage.</summary>
    public Task<Outcome<IReadOnlyList<SubscriptionStatus>>> GetSubscriptionsAsync(
        TopicName topic,
        QueueName? subscription,
        CancellationToken cancellationToken
    ) => SubscribedAsync("get-subscriptions", topic, s => s.GetAsync(subscription, cancellationToken), cancellationToken);

    /// <summary>All subscriptions by name, without counting what they have still to take.</summary>
    public Task<Outcome<IReadOnlyList<SubscriptionInfo>>> ListSubscriptionsAsync(TopicName topic, CancellationToken cancellationToken) =>
        SubscribedAsync("list-subscriptions", topic, s => s.ListAsync(cancellationToken), cancellationToken);

    /// <summary>The subscription of this name, without counting what it has still to take.</summary>
    public Task<Outcome<SubscriptionInfo>> FindSubscriptionAsync(
        TopicName topic,
        QueueName subscription,
        CancellationToken cancellationToken
    ) => SubscribedAsync("find-subscription", topic, s => s.FindAsync(subscription, cancellationToken), cancellationToken);

    /// <summary>A dry run: which subscriptions would take the record, and why the others would not. Nothing is stored.</summary>
    /// <param name="record">Its routing key, attributes and body count; a body must be given as bytes.</param>
    public Task<Outcome<IReadOnlyList<SubscriptionMatch>>> MatchAsync(
        TopicName topic,
        PublishRequest record,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(record);
        var routable = new Routable(record.RoutingKey ?? "", record.Attributes, record.Body.Bytes);
        return SubscribedAsync("match", topic, s => s.MatchAsync(routable, cancellationToken), cancellationToken);
    }

    /// <summary>Ends the subscription; false when there is none. After the answer nothing of it arrives.</summary>
    /// <param name="drain">Whether what was routed to it before still arrives.</param>
    public Task<Outcome<bool>> DeleteSubscriptionAsync(
        TopicName topic,
        QueueName subscription,
        bool drain,
        CancellationToken cancellationToken
    ) => SubscribedAsync("delete-subscription", topic, s => s.Calls.DeleteAsync(subscription, drain, cancellationToken), cancellationToken);

    /// <summary>Forwards again from somewhere on, judged by the present filters, or skips what lies before.</summary>
    public Task<Outcome<bool>> SeekSubscriptionAsync(
        TopicName topic,
        QueueName subscription,
        SubscriptionStart to,
        CancellationToken cancellationToken
    ) => SubscribedAsync("seek-subscription", topic, s => s.Calls.SeekAsync(subscription, to, cancellationToken), cancellationToken);

    /// <summary>The topics that a queue is subscribed to, with the names of the subscriptions.</summary>
    public Task<Outcome<IReadOnlyList<QueueSubscription>>> GetSubscriptionsOfAsync(QueueName queue, CancellationToken cancellationToken) =>
        QueueCalls.GuardAsync<IReadOnlyList<QueueSubscription>>(async () =>
        {
            if (await queueDirectory.FindAsync(queue, cancellationToken) is not { } runtime)
                return new Failure.QueueNotFound(queue);
            var sources = await new SubscriptionTable(registryTable).ReadSourcesAsync(runtime.Table, cancellationToken);
            return sources.Where(s => !s.IsAlternate).Select(s => new QueueSubscription(s.Topic, s.Subscription)).ToArray();
        });

    /// <summary>Forwards what others have left in every marked topic: idempotent, safe to overlap with itself and all else.</summary>
    public Task<Outcome<ForwardReport>> ForwardSubscriptionsAsync(CancellationToken cancellationToken) =>
        QueueCalls.GuardAsync<ForwardReport>(async () =>
            await new ForwardingPass(context, registryTable, directory).RunAsync(cancellationToken)
        );

    /// <summary>
    /// The maintenance of topics: retention, deduplication ids and payloads whose time is over, deletions that were left half-way.
    /// Idempotent, safe to overlap with itself and with everything else.
    /// </summary>
    /// <param name="everything">Whether to visit every topic, not only those in which something may be due.</param>
    public Task<Outcome<TopicSweepReport>> SweepAsync(bool everything, CancellationToken cancellationToken) =>
        QueueCalls.GuardAsync<TopicSweepReport>(async () =>
            await new TopicSweeper(context, accounts, registry, directory, Deletion, indexes).SweepAsync(everything, cancellationToken)
        );

    /// <summary>Readers that wait for more in this process.</summary>
    internal int WaitingReaders => directory.All.Sum(topic => topic.WaitingReaders);

    /// <summary>Answers the readers that wait with nothing, and new ones at once: the process is about to stop.</summary>
    public void StopWaiting()
    {
        context.Stopping = true;
        foreach (var topic in directory.All)
            topic.StopWaiting();
        groups.StopWaiting();
    }

    /// <summary>Ends waiting readers and finishes the writes under way.</summary>
    public async ValueTask DisposeAsync()
    {
        StopWaiting();
        await WhenIdleAsync();
    }

    /// <summary>Completes when nothing is under way: a call may be answered before all that it has set off is done.</summary>
    internal async Task WhenIdleAsync()
    {
        foreach (var topic in directory.All)
            await topic.WhenIdleAsync();
        await groups.WhenIdleAsync();
    }

    private static Func<TopicRecord, ITopicSubscriptions> Forwarded(QueueEngine queues, TopicLogs topics)
    {
        ArgumentNullException.ThrowIfNull(queues);
        var (budget, targets) = (new FeedBudget(FeedBudget.MaxBytes), new Targets(queues.Directory, topics));
        return record => new TopicSubscriptions(
            queues.Context,
            queues.Accounts,
            queues.Registry,
            targets,
            (table, token) => new QueueSubscribers(queues.Registry.Table, topics.Directory).EndAsync(table, token),
            record,
            budget
        );
    }

    private Task<Outcome<T>> SubscribedAsync<T>(
        string operation,
        TopicName topic,
        Func<TopicSubscriptions, Task<Outcome<T>>> run,
        CancellationToken cancellationToken
    ) =>
        calls.RunAsync(
            operation,
            topic,
            runtime =>
                runtime.Record.IsDeleting
                    ? Task.FromResult<Outcome<T>>(new Failure.TopicDeleting(topic))
                    : run((TopicSubscriptions)runtime.Subscriptions),
            QueueCalls.Always,
            cancellationToken
        );
}

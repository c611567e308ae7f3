using FuncQueue.Engine.Registry;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics.Log;
using FuncQueue.Engine.Topics.Records;
using FuncQueue.Engine.Topics.Registry;
using FuncQueue.Engine.Topics.Subscriptions;

namespace FuncQueue.Engine.Topics.Forwarding;

/// <summary>The subscriptions of a topic's generation, as its log and its callers need them. Thread-safe.</summary>
internal sealed class TopicSubscriptions : ITopicSubscriptions, IDisposable
{
    private const int Parallel = 8;

    private readonly SubscribedTopic topic;
    private readonly TopicForwarding forwarding;
    private readonly ShortPayloads payloads;
    private readonly Func<string, CancellationToken, Task<Failure?>> endSources;

    /// <param name="endSources">Ends the subscriptions into a topic of this table.</param>
    public TopicSubscriptions(
        EngineContext context,
        DataAccounts accounts,
        QueueRegistry registry,
        Targets targets,
        Func<string, CancellationToken, Task<Failure?>> endSources,
        TopicRecord record,
        FeedBudget budget
    )
    {
        var (table, cursors) = (new SubscriptionTable(registry.Table), new Cursors(targets));
        var partitions = new TopicPartitions(context, accounts, record);
        var store = accounts.Find(record.Place.Account).Payloads;
        var copies = new PayloadCopies(context, store, record.Table);
        payloads = new ShortPayloads(store, record.Table);
        forwarding = new TopicForwarding(
            context,
            table,
            cursors,
            partitions,
            record.Table,
            record.Name,
            new FlowSinks(context, budget, copies, record.Name),
            payloads
        );
        topic = new SubscribedTopic
        {
            Context = context,
            Topic = record,
            Subscriptions = table,
            Partitions = partitions,
            Cursors = cursors,
            Forwarding = forwarding,
        };
        Calls = new SubscriptionCalls(topic);
        this.endSources = endSources;
    }

    public SubscriptionCalls Calls { get; }

    public IRoutes Known => forwarding.Routes;

    public ValueTask<Failure?> LearnAsync(long version, CancellationToken cancellationToken) =>
        forwarding.LearnAsync(version, cancellationToken);

    public void Appended(RecordRow row, LogHead head) => forwarding.Appended(row, head);

    public async Task<long> LeastNeededAsync(int partition, long end, CancellationToken cancellationToken)
    {
        var snapshot = await topic.ReadAsync(cancellationToken);
        var least = end;
        foreach (var chunk in snapshot.Rows.Where(r => !r.Drops).Chunk(Parallel))
        {
            var positions = await Task.WhenAll(chunk.Select(r => topic.Cursors.ReadPositionAsync(r, partition, cancellationToken)));
            least = Math.Min(least, positions.Min());
        }

        if (least < end && await forwarding.LearnAsync(snapshot.Version, cancellationToken) is null)
            forwarding.Press(partition, end);
        return least;
    }

    public Task<Failure?> MarkAsync() => topic.MarkAsync();

    /// <summary>Ends a subscription whose target, of this table, is gone; why it could not, or null.</summary>
    public async Task<Failure?> EndAsync(string subscription, string targetTable, CancellationToken cancellationToken) =>
        (await topic.ReadAsync(cancellationToken)).Find(subscription) is { } row && row.TargetTable == targetTable
            ? await new Unsubscribing(topic).EndAsync(row, drain: false, TimeSpan.Zero, cancellationToken)
            : null;

    public Task<Failure?> EndSourcesAsync(CancellationToken cancellationToken) => endSources(topic.Topic.Table, cancellationToken);

    public async Task<Outcome<bool>> DrainAsync(bool drop, TimeSpan time, CancellationToken cancellationToken)
    {
        var began = topic.Context.Time.GetTimestamp();
        var unsubscribing = new Unsubscribing(topic);
        var isDone = true;
        foreach (var chunk in (await topic.ReadAsync(cancellationToken)).Rows.Chunk(Parallel))
        {
            var left = time - topic.Context.Time.GetElapsedTime(began);
            var ended = await Task.WhenAll(
                chunk.Select(r => unsubscribing.EndAsync(r, !drop, left > TimeSpan.Zero ? left : TimeSpan.Zero, cancellationToken))
            );
            isDone &= Array.TrueForAll(ended, e => e is null);
        }

        return isDone;
    }

    /// <summary>
    /// Forwards everything that is there, as the timer does, whoever appended it; true when all of it has been taken.
    /// </summary>
    public async Task<Outcome<bool>> ForwardAsync(CancellationToken cancellationToken)
    {
        if (await forwarding.RefreshAsync(cancellationToken) is { } unknown)
            return unknown;
        await EndOrphansAsync(cancellationToken);
        for (var partition = 0; partition < topic.Partitions.Count; partition++)
            forwarding.CatchUp(partition);
        await forwarding.WhenIdleAsync().WaitAsync(cancellationToken);
        return await IsTakenAsync(cancellationToken);
    }

    /// <summary>One subscription, without looking how far it is.</summary>
    public async Task<Outcome<SubscriptionInfo>> FindAsync(QueueName name, CancellationToken cancellationToken) =>
        (await topic.ReadAsync(cancellationToken)).Find(name.Value) is { } row && IsShown(row)
            ? row.ToInfo(topic.Topic.Name)
            : new Failure.SubscriptionNotFound(name.Value);

    /// <summary>All subscriptions by name, without looking how far they are.</summary>
    public async Task<Outcome<IReadOnlyList<SubscriptionInfo>>> ListAsync(CancellationToken cancellationToken) =>
        (await topic.ReadAsync(cancellationToken))
            .Rows.Where(IsShown)
            .OrderBy(r => r.Name, StringComparer.Ordinal)
            .Select(r => r.ToInfo(topic.Topic.Name))
            .ToArray();

    /// <summary>Subscriptions with their positions, one or all.</summary>
    public async Task<Outcome<IReadOnlyList<SubscriptionStatus>>> GetAsync(QueueName? name, CancellationToken cancellationToken)
    {
        var snapshot = await topic.ReadAsync(cancellationToken);
        var routes = new SubscriptionRoutes(snapshot);
        var shown = snapshot.Rows.Where(r => IsShown(r) && (name is null || r.Name == name.Value)).ToList();
        if (name is not null && shown.Count == 0)
            return new Failure.SubscriptionNotFound(name.Value);
        var positions = await new Lags(topic, routes, payloads).OfAsync(shown, cancellationToken);
        return shown.Select((r, i) => new SubscriptionStatus(r.ToInfo(topic.Topic.Name), positions[i])).ToArray();
    }

    /// <summary>Which subscriptions would take the record now, and why the others would not.</summary>
    public async Task<Outcome<IReadOnlyList<SubscriptionMatch>>> MatchAsync(Routable record, CancellationToken cancellationToken) =>
        new SubscriptionRoutes(await topic.ReadAsync(cancellationToken)).Explain(record).ToArray();

    public void StopWaiting() => forwarding.StopWaiting();

    public Task WhenIdleAsync() => forwarding.WhenIdleAsync();

    public void Dispose() => forwarding.Dispose();

    /// <summary>Whether callers know of it.</summary>
    private static bool IsShown(SubscriptionRow row) => row.State == SubscriptionState.Active && !row.IsAlternate;

    /// <summary>
    /// Ends subscriptions whose targets are gone, which whoever deleted those has left, and goes on with those that are ending.
    /// </summary>
    private async Task EndOrphansAsync(CancellationToken cancellationToken)
    {
        var unsubscribing = new Unsubscribing(topic);
        foreach (var row in forwarding.Routes.Rows)
        {
            if (row.State == SubscriptionState.Closing)
                await unsubscribing.FinishAsync(row, TimeSpan.FromSeconds(1), cancellationToken);
            else if (row.State == SubscriptionState.Active && await topic.Cursors.Targets.FindAsync(row, cancellationToken) is null)
                await unsubscribing.EndAsync(row, drain: false, TimeSpan.Zero, cancellationToken);
        }
    }

    private async Task<bool> IsTakenAsync(CancellationToken cancellationToken)
    {
        var rows = forwarding.Routes.Rows.Where(r => !r.Drops).ToList();
        var lags = (await new Lags(topic, forwarding.Routes, payloads).OfAsync(rows, cancellationToken))
            .Select(l => l.Sum(p => p.Lag))
            .ToList();
        topic.Context.Metrics.Lags.See(topic.Topic.Name, [.. rows.Select((r, i) => (r.Name, lags[i]))]);
        return lags.TrueForAll(l => l == 0);
    }
}

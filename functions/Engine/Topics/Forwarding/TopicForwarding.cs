using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics.Log;
using FuncQueue.Engine.Topics.Records;
using FuncQueue.Engine.Topics.Subscriptions;

namespace FuncQueue.Engine.Topics.Forwarding;

/// <summary>
/// What this process knows of the subscriptions of a topic's generation, and what it forwards to them. Thread-safe.
/// </summary>
internal sealed class TopicForwarding : IRouter, IForwarding, IDisposable
{
    private readonly EngineContext context;
    private readonly SubscriptionTable subscriptions;
    private readonly Cursors cursors;
    private readonly string table;
    private readonly FlowSinks sinks;
    private readonly ShortPayloads payloads;
    private readonly TopicPartitions partitions;
    private readonly PartitionSource[] sources;

    // 1: what was left to others is looked at again.
    private readonly int[] watched;
    private readonly SemaphoreSlim learning = new(1);
    private volatile Known known;

    public TopicForwarding(
        EngineContext context,
        SubscriptionTable subscriptions,
        Cursors cursors,
        TopicPartitions partitions,
        string table,
        TopicName topic,
        FlowSinks sinks,
        ShortPayloads payloads
    )
    {
        this.context = context;
        this.subscriptions = subscriptions;
        this.cursors = cursors;
        this.table = table;
        this.partitions = partitions;
        watched = new int[partitions.Count];
        (this.sinks, this.payloads) = (sinks, payloads);
        sources = [.. Enumerable.Range(0, partitions.Count).Select(p => new PartitionSource(context, partitions[p], table, topic))];
        // Whoever subscribes raises the heads: before, nobody needs to look whether somebody does.
        var nobody = new SubscriptionRoutes(new SubscriptionSnapshot(table, 0, 0, default, []));
        known = new Known(nobody, [], [.. sources.Select(_ => Array.Empty<Flow>())]);
    }

    IRoutes IRouter.Known => Routes;

    /// <summary>The latest version that this process knows.</summary>
    public SubscriptionRoutes Routes => known.Routes;

    public async ValueTask<Failure?> LearnAsync(long version, CancellationToken cancellationToken)
    {
        if (known.Routes.Version >= version)
            return null;
        await learning.WaitAsync(cancellationToken);
        try
        {
            return known.Routes.Version >= version ? null : await ReadAsync();
        }
        finally
        {
            learning.Release();
        }
    }

    /// <summary>Reads the subscriptions as they are now, whatever is known.</summary>
    public async Task<Failure?> RefreshAsync(CancellationToken cancellationToken)
    {
        await learning.WaitAsync(cancellationToken);
        try
        {
            return await ReadAsync();
        }
        finally
        {
            learning.Release();
        }
    }

    /// <summary>Forwards a row that this process has appended, or leaves it to the process that does so in this partition.</summary>
    /// <param name="head">As the append left it.</param>
    public void Appended(RecordRow row, LogHead head)
    {
        if (known.ByPartition[row.Partition] is not { Length: > 0 } flows)
            return;
        if (head.Forwarder != context.Process)
        {
            if (Interlocked.Exchange(ref watched[row.Partition], 1) == 0)
                _ = WatchAsync(row.Partition);
            return;
        }

        var source = sources[row.Partition];
        var forwarded = source.Add(row);
        var needed = long.MaxValue;
        foreach (var flow in flows)
        {
            flow.Offer(forwarded);
            needed = Math.Min(needed, flow.Looked);
        }

        source.DropBelow(needed);
    }

    /// <summary>Looks for what others have left in a partition, and forwards it.</summary>
    public void CatchUp(int partition)
    {
        foreach (var flow in known.ByPartition[partition])
            flow.Restart();
    }

    public void Restart(SubscriptionRow subscription)
    {
        foreach (var flow in FlowsOf(subscription))
            flow.Restart();
    }

    public async Task<bool> DrainAsync(
        SubscriptionRow subscription,
        IReadOnlyList<long> upTo,
        TimeSpan time,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var reached = await Task.WhenAll(FlowsOf(subscription).Select(f => f.ReachAsync(upTo[f.Steps.Partition])))
                .WaitAsync(time, context.Time, cancellationToken);
            return Array.TrueForAll(reached, r => r);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Asks for the cursors of a partition to be moved up to an offset as soon as they can be.</summary>
    public void Press(int partition, long offset)
    {
        foreach (var flow in known.ByPartition[partition])
            _ = flow.ReachAsync(offset);
    }

    /// <summary>The process is about to stop: nobody waits any more.</summary>
    public void StopWaiting()
    {
        foreach (var flow in known.ByPartition.SelectMany(f => f))
            flow.StopWaiting();
    }

    public async Task WhenIdleAsync()
    {
        foreach (var flow in known.ByPartition.SelectMany(f => f))
            await flow.WhenIdleAsync();
    }

    public void Dispose()
    {
        learning.Dispose();
        foreach (var source in sources)
            source.Dispose();
        sinks.Dispose();
    }

    /// <summary>
    /// Looks after a while whether the process to which records were left forwards here still; it sees them with its next append. Else this
    /// one does.
    /// </summary>
    private async Task WatchAsync(int partition)
    {
        await Task.Delay(LogHead.ForwarderTime, context.Time);
        Interlocked.Exchange(ref watched[partition], 0);
        if (context.Stopping)
            return;
        try
        {
            var head = await partitions.ReadHeadAsync(partition, CancellationToken.None);
            if (head.IsLeftTo(context.Process, context.Now))
                CatchUp(partition);
        }
        catch (Exception exception) when (exception is StorageFaultException or UnsupportedFormatException)
        {
            // The timer looks as well.
        }
    }

    private IEnumerable<Flow> FlowsOf(SubscriptionRow subscription) =>
        known.Flows.GetValueOrDefault(subscription.Id) ?? Enumerable.Empty<Flow>();

    private async Task<Failure?> ReadAsync()
    {
        try
        {
            var snapshot = await subscriptions.ReadAsync(table, CancellationToken.None);
            if (snapshot.Rows.Any(r => r is { State: SubscriptionState.Active, Filters: null }))
                return new Failure.FiltersNewer(StorageFault.DefaultRetryAfter);
            TakeIn(snapshot);
            return null;
        }
        catch (StorageFaultException exception)
        {
            return exception.Fault.ToReadFailure();
        }
    }

    private void TakeIn(SubscriptionSnapshot snapshot)
    {
        var (before, routes) = (known, new SubscriptionRoutes(snapshot));
        var (flows, changed) = (new Dictionary<ulong, Flow[]>(), new List<Flow>());
        foreach (var row in snapshot.Rows.Where(r => r.State != SubscriptionState.Opening))
        {
            var taking = new Taking(row, routes, payloads);
            if (before.Flows.GetValueOrDefault(row.Id) is { } there)
            {
                // What it takes of the past may depend on all.
                var isSame = there[0].Steps.Subscription.ETag == row.ETag && !row.IsAlternate;
                foreach (var flow in there)
                    flow.Steps.Update(row, taking);
                flows.Add(row.Id, there);
                if (!isSame)
                    changed.AddRange(there);
                continue;
            }

            flows.Add(row.Id, [.. NewFlows(row, taking)]);
            changed.AddRange(flows[row.Id]);
        }

        known = new Known(
            routes,
            flows,
            [.. sources.Select(s => flows.Values.SelectMany(f => f).Where(f => f.Steps.Partition == s.Partition).ToArray())]
        );
        changed.ForEach(flow => flow.Restart());
    }

    private IEnumerable<Flow> NewFlows(SubscriptionRow row, Taking taking) =>
        from source in sources
        from shard in row.ShardsOf(source.Partition)
        select new Flow(context, new FlowSteps(context, source, cursors, sinks, row, shard, taking));

    private sealed record Known(SubscriptionRoutes Routes, Dictionary<ulong, Flow[]> Flows, Flow[][] ByPartition);
}

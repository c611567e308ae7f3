using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using FuncQueue.Engine.Topics;
using FuncQueue.Engine.Totals;

namespace FuncQueue.Engine;

/// <summary>The meter <c>FuncQueue</c>; names follow OpenTelemetry's messaging conventions, ours begin with <c>funcqueue.</c>.</summary>
internal sealed class EngineMetrics
{
    public const string MeterName = "FuncQueue";

    private readonly TimeProvider time;
    private readonly Histogram<double> duration;
    private readonly Counter<long> sent;
    private readonly Counter<long> consumed;
    private readonly Counter<long> deadLettered;
    private readonly Counter<long> leasesExpired;
    private readonly Counter<long> expired;
    private readonly Counter<long> conflicts;
    private readonly Counter<long> published;
    private readonly Counter<long> forwarded;

    public EngineMetrics(IMeterFactory meters, TimeProvider time)
    {
        this.time = time;
        Tallies = new Tallies(time);
        Lags = new LagGauge(time);
        var meter = meters.Create(MeterName);
        duration = meter.CreateHistogram<double>("messaging.client.operation.duration", "s", "Duration of an operation on a queue.");
        sent = meter.CreateCounter<long>("messaging.client.sent.messages", "{message}", "Messages enqueued.");
        consumed = meter.CreateCounter<long>("messaging.client.consumed.messages", "{message}", "Messages delivered.");
        deadLettered = meter.CreateCounter<long>("funcqueue.messages.dead_lettered", "{message}", "Messages moved to the dead letters.");
        leasesExpired = meter.CreateCounter<long>("funcqueue.leases.expired", "{lease}", "Leases that ended without being settled.");
        expired = meter.CreateCounter<long>(
            "funcqueue.messages.expired",
            "{message}",
            "Messages dropped at the end of their time to live."
        );
        conflicts = meter.CreateCounter<long>(
            "funcqueue.storage.conflicts",
            "{write}",
            "Writes refused because another process wrote first."
        );
        groupLags = new GroupLagMetrics(meter, time);
        published = meter.CreateCounter<long>("funcqueue.topic.published", "{record}", "Records stored in topics.");
        forwarded = meter.CreateCounter<long>("funcqueue.topic.forwarded", "{record}", "Records that have arrived by a subscription.");
        meter.CreateObservableGauge(
            "funcqueue.topic.lag",
            () => Lags.Now,
            "{record}",
            "Records routed to a subscription that had not arrived when the timer last looked."
        );
        meter.CreateObservableGauge(
            "funcqueue.queue.depth",
            () => Depths(),
            "{message}",
            "Messages in a queue when it was last counted, by status."
        );
        meter.CreateObservableGauge(
            "funcqueue.queue.oldest_message_age",
            () => Ages(),
            "s",
            "Age of the oldest message when the queue was last counted."
        );
    }

    private readonly ConcurrentDictionary<(string Queue, int Shard), PastCount> counted = new();

    private readonly GroupLagMetrics groupLags;

    /// <summary>The same by queue, for good.</summary>
    public Tallies Tallies { get; }

    /// <summary>How far subscriptions are behind.</summary>
    public LagGauge Lags { get; }

    public void Sent(QueueName queue, int messages)
    {
        sent.Add(messages, Destination(queue));
        Tallies.Add(queue, new QueueTotals { Enqueued = messages });
    }

    public void Consumed(QueueName queue, int messages) => consumed.Add(messages, Destination(queue));

    public void DeadLettered(QueueName queue, int messages)
    {
        deadLettered.Add(messages, Destination(queue));
        Tallies.Add(queue, new QueueTotals { DeadLettered = messages });
    }

    public void LeasesExpired(QueueName queue, int leases) => leasesExpired.Add(leases, Destination(queue));

    public void Expired(QueueName queue, int messages)
    {
        expired.Add(messages, Destination(queue));
        Tallies.Add(queue, new QueueTotals { Expired = messages });
    }

    public void Conflict(QueueName queue) => conflicts.Add(1, Destination(queue));

    /// <summary>Takes in what a sweep counted in one shard.</summary>
    public void Counted(QueueName queue, int shard, PastCount count) => counted[(queue.Value, shard)] = count;

    /// <summary>Forgets counts that may no longer hold: a wrong depth or age is worse than none.</summary>
    public void ForgetCounts(Func<string, int, PastCount, bool> which)
    {
        foreach (var ((queue, shard), count) in counted)
        {
            if (which(queue, shard, count))
                counted.TryRemove(new KeyValuePair<(string, int), PastCount>((queue, shard), count));
        }
    }

    public void Forget(QueueName queue)
    {
        Tallies.Forget(queue);
        foreach (var key in counted.Keys.Where(k => k.Queue == queue.Value))
            counted.TryRemove(key, out _);
    }

    /// <summary>Records stored in a topic; repeats are none.</summary>
    public void Published(TopicName topic, int records) =>
        published.Add(records, new KeyValuePair<string, object?>("messaging.destination.name", topic.Value));

    /// <summary>How far a group of a topic was found to be behind.</summary>
    public void GroupLag(TopicName topic, QueueName group, long records, TimeSpan age) => groupLags.Measured(topic, group, records, age);

    /// <summary>Records that have arrived in the target of a subscription.</summary>
    public void Forwarded(TopicName topic, string subscription, int records) =>
        forwarded.Add(
            records,
            new KeyValuePair<string, object?>("messaging.destination.name", topic.Value),
            new(LagGauge.SubscriptionTag, subscription)
        );

    /// <param name="destination">The queue or topic.</param>
    public void Operation(string name, string destination, TimeSpan took, Failure? failure)
    {
        var tags = new TagList
        {
            { "messaging.system", "funcqueue" },
            { "messaging.operation.name", name },
            { "messaging.destination.name", destination },
        };
        if (failure is not null)
            tags.Add("error.type", failure.GetType().Name);
        duration.Record(took.TotalSeconds, tags);
    }

    private static KeyValuePair<string, object?> Destination(QueueName queue) => new("messaging.destination.name", queue.Value);

    private IEnumerable<Measurement<long>> Depths()
    {
        var now = time.GetUtcNow();
        foreach (var shards in counted.GroupBy(c => c.Key.Queue, c => c.Value.Count, StringComparer.Ordinal))
        {
            var counts = shards.Select(c => c.CountsAt(now)).Aggregate((a, b) => a.Plus(b));
            yield return Depth(shards.Key, "ready", counts.Ready);
            yield return Depth(shards.Key, "leased", counts.Leased);
            // No depth rather than a wrong one.
            if (shards.All(c => c.KnowsScheduled))
                yield return Depth(shards.Key, "scheduled", counts.Scheduled);
            yield return Depth(shards.Key, "deadLettered", counts.DeadLettered);
        }
    }

    private static Measurement<long> Depth(string queue, string status, long count) =>
        new(count, new KeyValuePair<string, object?>("messaging.destination.name", queue), new("funcqueue.message.status", status));

    private IEnumerable<Measurement<double>> Ages()
    {
        foreach (var shards in counted.GroupBy(c => c.Key.Queue, c => c.Value.Count.Oldest, StringComparer.Ordinal))
        {
            var age = shards.Min() is { } oldest ? (time.GetUtcNow() - oldest).TotalSeconds : 0;
            yield return new(age, new KeyValuePair<string, object?>("messaging.destination.name", shards.Key));
        }
    }
}

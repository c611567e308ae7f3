using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

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

    public EngineMetrics(IMeterFactory meters, TimeProvider time)
    {
        this.time = time;
        var meter = meters.Create(MeterName);
        duration = meter.CreateHistogram<double>("messaging.client.operation.duration", "s", "Duration of an operation on a queue.");
        sent = meter.CreateCounter<long>("messaging.client.sent.messages", "{message}", "Messages enqueued.");
        consumed = meter.CreateCounter<long>("messaging.client.consumed.messages", "{message}", "Messages delivered.");
        deadLettered = meter.CreateCounter<long>("funcqueue.messages.dead_lettered", "{message}", "Messages moved to the dead letters.");
        leasesExpired = meter.CreateCounter<long>("funcqueue.leases.expired", "{lease}", "Leases that ended without being settled.");
        expired = meter.CreateCounter<long>("funcqueue.messages.expired", "{message}", "Messages dropped at the end of their time to live.");
        conflicts = meter.CreateCounter<long>("funcqueue.storage.conflicts", "{write}", "Writes refused because another process wrote first.");
        meter.CreateObservableGauge("funcqueue.queue.depth", () => Depths(), "{message}", "Messages in a queue when it was last counted, by status.");
        meter.CreateObservableGauge("funcqueue.queue.oldest_message_age", () => Ages(), "s", "Age of the oldest message when the queue was last counted.");
    }

    private readonly ConcurrentDictionary<(string Queue, int Shard), PastCount> counted = new();

    public void Sent(QueueName queue, int messages) => sent.Add(messages, Destination(queue));

    public void Consumed(QueueName queue, int messages) => consumed.Add(messages, Destination(queue));

    public void DeadLettered(QueueName queue, int messages) => deadLettered.Add(messages, Destination(queue));

    public void LeasesExpired(QueueName queue, int leases) => leasesExpired.Add(leases, Destination(queue));

    public void Expired(QueueName queue, int messages) => expired.Add(messages, Destination(queue));

    public void Conflict(QueueName queue) => conflicts.Add(1, Destination(queue));

    /// <summary>Takes in what a sweep that began then counted in one shard.</summary>
    public void Counted(QueueName queue, int shard, ShardCount count, DateTimeOffset at) => counted[(queue.Value, shard)] = new PastCount(count, at);

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
        foreach (var key in counted.Keys.Where(k => k.Queue == queue.Value))
            counted.TryRemove(key, out _);
    }

    public void Operation(string name, QueueName queue, TimeSpan took, Failure? failure)
    {
        var tags = new TagList
        {
            { "messaging.system", "funcqueue" },
            { "messaging.operation.name", name },
            { "messaging.destination.name", queue.Value },
        };
        if (failure is not null)
            tags.Add("error.type", failure.GetType().Name);
        duration.Record(took.TotalSeconds, tags);
    }

    private static KeyValuePair<string, object?> Destination(QueueName queue) => new("messaging.destination.name", queue.Value);

    private IEnumerable<Measurement<long>> Depths()
    {
        foreach (var shards in counted.GroupBy(c => c.Key.Queue, c => c.Value.Count.Counts, StringComparer.Ordinal))
        {
            yield return Depth(shards.Key, "ready", shards.Sum(c => c.Ready));
            yield return Depth(shards.Key, "leased", shards.Sum(c => c.Leased));
            yield return Depth(shards.Key, "scheduled", shards.Sum(c => c.Scheduled));
            yield return Depth(shards.Key, "deadLettered", shards.Sum(c => c.DeadLettered));
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

/// <summary>What is in one shard; <c>Oldest</c> is when the oldest ready or leased message was enqueued.</summary>
internal sealed record ShardCount(MessageCounts Counts, DateTimeOffset? Oldest);

/// <summary>What was in one shard at an instant.</summary>
internal sealed record PastCount(ShardCount Count, DateTimeOffset At);

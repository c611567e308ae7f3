using FuncQueue.Engine.Queues;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics.Log;

namespace FuncQueue.Engine.Topics.Subscriptions;

/// <summary>Finds what subscriptions lead to.</summary>
internal sealed class Targets(QueueDirectory queues, ITopicLogs topics)
{
    /// <summary>The target, or null when this generation of it is gone, or about to be.</summary>
    public async Task<LiveTarget?> FindAsync(SubscriptionRow subscription, CancellationToken cancellationToken)
    {
        var (queue, topic, table) = (subscription.Target.Queue, subscription.Target.Topic, subscription.TargetTable);
        if (queue is not null)
        {
            var runtime = await queues.FindAsync(queue, cancellationToken);
            if (runtime?.Table != table)
                runtime = await queues.ReadAsync(queue, cancellationToken);
            return runtime?.Table == table ? new LiveTarget(runtime, null) : null;
        }

        var log = await topics.FindAsync(topic!, cancellationToken);
        if (log?.Table != table)
            log = await topics.ReadAsync(topic!, cancellationToken);
        return log is { IsDeleting: false } && log.Table == table ? new LiveTarget(null, log) : null;
    }

    /// <summary>The target as it is stored now; null: there is none.</summary>
    public async Task<StoredTarget?> ReadAsync(SubscriptionTarget target, CancellationToken cancellationToken)
    {
        if (target.Queue is { } queue)
            return await queues.ReadAsync(queue, cancellationToken) is { Record: var record }
                ? new StoredTarget(record.Table, record.HomeShards, record.Info.Settings.Type == QueueType.Fifo)
                : null;
        return await topics.ReadAsync(target.Topic!, cancellationToken) is { IsDeleting: false } log
            ? new StoredTarget(log.Table, log.Logs.Count, log.Name.HasFifoSuffix)
            : null;
    }

    /// <summary>The failure of a call that names a target which is not there.</summary>
    public static Failure Missing(SubscriptionTarget target) =>
        target.Queue is { } queue ? new Failure.QueueNotFound(queue) : new Failure.TopicNotFound(target.Topic!);
}

/// <summary>A target in this process: a queue, or a topic.</summary>
internal sealed record LiveTarget(QueueRuntime? Queue, ITopicLog? Topic)
{
    /// <summary>The table of a shard of the queue, or of a partition of the topic.</summary>
    public ShardTable TableOf(int shard) => Queue is { } queue ? queue.Shards[shard].Table : Topic!.Logs[shard].Table;
}

/// <summary>What the registry says of a target.</summary>
/// <param name="Shards">That it was created with, or its partitions.</param>
/// <param name="IsOrdered">Whether each record needs a group, or a key.</param>
internal sealed record StoredTarget(string Table, int Shards, bool IsOrdered);

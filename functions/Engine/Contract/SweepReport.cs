namespace FuncQueue.Engine;

/// <summary>What a sweep did.</summary>
public sealed record SweepReport
{
    public int ShardsVisited { get; init; }

    public long Redelivered { get; init; }

    public long DeadLettered { get; init; }

    public long Expired { get; init; }

    public long PayloadsDeleted { get; init; }

    /// <summary>Shards, and things that deleted queues left, that could not be swept this time; the next run tries again.</summary>
    public int ShardsFailed { get; init; }
}

namespace FuncQueue.Engine;

/// <summary>What a sweep looks after; the three timers each ask for their part.</summary>
[Flags]
public enum SweepScope
{
    /// <summary>Leases that have ended make their messages ready again.</summary>
    ExpiredLeases = 1,

    /// <summary>Messages past their deliveries or their time to live are dead-lettered or dropped.</summary>
    Poison = 2,

    /// <summary>Payloads nobody refers to, finished rows, deleted queues and quiet shards are tidied away.</summary>
    Storage = 4,

    All = ExpiredLeases | Poison | Storage,
}

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

/// <summary>Whether this process can serve; <c>Detail</c> says why not, for people.</summary>
public sealed record HealthReport(bool Healthy, string Detail);

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

using FuncQueue.Engine.Decisions;

namespace FuncQueue.Engine.Shards;

/// <summary>What is known of a shard whose messages are in no order that must be kept: rows, and the turns of their groups.</summary>
internal sealed class KnownStandardShard : KnownShard
{
    private KnownStandardShard(Func<DeliveryPolicy> policy, Func<DateTimeOffset> clock, GroupTurns turns)
        : base(policy, clock, turns) => Turns = turns;

    public GroupTurns Turns { get; }

    public static KnownStandardShard Create(Func<DeliveryPolicy> policy, Func<DateTimeOffset> clock) =>
        new(policy, clock, new GroupTurns());

    public override GroupScan TakeIn(Work.ScannedGroups scanned) => throw new InvalidOperationException("A page of a FIFO shard.");
}

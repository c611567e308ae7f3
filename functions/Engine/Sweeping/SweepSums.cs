namespace FuncQueue.Engine.Sweeping;

internal static class SweepSums
{
    public static SweepReport Plus(this SweepReport a, SweepReport b) =>
        new()
        {
            ShardsVisited = a.ShardsVisited + b.ShardsVisited,
            Redelivered = a.Redelivered + b.Redelivered,
            DeadLettered = a.DeadLettered + b.DeadLettered,
            Expired = a.Expired + b.Expired,
            PayloadsDeleted = a.PayloadsDeleted + b.PayloadsDeleted,
            ShardsFailed = a.ShardsFailed + b.ShardsFailed,
        };
}

/// <summary>What the visits of one sweep have done together, a few at a time.</summary>
internal sealed class SweepTotal
{
    private readonly Lock gate = new();

    public SweepReport Report { get; private set; } = new();

    public void Add(SweepReport part)
    {
        lock (gate)
            Report = Report.Plus(part);
    }
}

namespace FuncQueue.Engine.Topics.Log;

/// <summary>Which of the appends that wait can be stored now, at which offsets, and why the others cannot. Pure.</summary>
/// <param name="Placed">In the order of their offsets, next to each other.</param>
/// <param name="Refused">What holds only as long as all that is placed before is stored, or nothing is.</param>
/// <param name="Next">The offset behind the last that is placed.</param>
internal sealed record Placement(
    IReadOnlyList<(PendingAppend Append, long First)> Placed,
    IReadOnlyList<(PendingAppend Append, Failure Why)> Refused,
    long Next
)
{
    /// <param name="appends">In the order in which they came.</param>
    /// <param name="next">The next offset of the partition.</param>
    /// <param name="routes">What records are routed by.</param>
    /// <param name="producers">How far those who count are, by their ids; those of appends that count must be among them.</param>
    public static Placement Decide(
        IReadOnlyList<PendingAppend> appends,
        long next,
        IRoutes routes,
        IReadOnlyDictionary<string, ProducerState>? producers = null
    )
    {
        var counted = new Dictionary<string, ProducerState>(StringComparer.Ordinal);
        var placed = new List<(PendingAppend, long)>(appends.Count);
        var refused = new List<(PendingAppend Append, Failure Why)>();
        foreach (var append in appends)
        {
            if (WhyNot(append) is { } why)
            {
                refused.Add((append, why));
                continue;
            }

            placed.Add((append, next));
            if (append.Producer is { } stamp)
                counted[stamp.Id] = StateOf(stamp).After(stamp, append.Records.Count, next, default);
            next += append.Records.Count;
        }

        return new Placement(placed, refused, next);

        ProducerState StateOf(ProducerStamp stamp) =>
            counted.TryGetValue(stamp.Id, out var state) ? state : producers?[stamp.Id] ?? ProducerState.New(stamp.Id);

        Failure? WhyNot(PendingAppend append)
        {
            if (append.Behind is { } before && (before.HasFailed || refused.Exists(r => ReferenceEquals(r.Append, before))))
                return new Failure.EarlierFailed();
            if (append.Producer is { } stamp && StateOf(stamp).WhyNot(stamp) is { } wrong)
                return wrong;
            if (append.ExpectedOffset is { } expected && expected != next)
                return new Failure.OffsetMismatch(next);
            return append.Records.Any(r => r.IsUnroutable(routes)) ? new Failure.Unroutable() : null;
        }
    }
}

namespace FuncQueue.Chaos.Inside;

/// <summary>What the run asks of a process; what is left out stays as it is.</summary>
public sealed record Orders
{
    public double? ClockOffsetMilliseconds { get; init; }

    /// <summary>Begins a storm; one of probability zero ends all.</summary>
    public Storm? Storm { get; init; }

    /// <summary>From now on at most so many entities a second in one partition; the rest meets 503. 0: no limit.</summary>
    public int? EntitiesPerSecond { get; init; }
}

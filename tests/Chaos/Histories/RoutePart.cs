namespace FuncQueue.Chaos.Histories;

/// <summary>Subscriptions of a topic that change together, and with no others.</summary>
public sealed record RoutePart
{
    public required string Topic { get; init; }

    public required IReadOnlyList<string> Queues { get; init; }

    /// <summary>One after the other; the first is the state that the run began with.</summary>
    public required IReadOnlyList<RouteChange> Changes { get; init; }

    /// <summary>Of the queues, the one that takes what no subscription does; null: none is.</summary>
    public string? AlternateQueue { get; init; }

    /// <summary>How often what was forwarded may have been forwarded again, because somebody asked for it.</summary>
    public int Replays { get; init; }
}

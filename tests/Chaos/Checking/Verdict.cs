namespace FuncQueue.Chaos.Checking;

/// <summary>What the checker says of a history.</summary>
public sealed record Verdict
{
    public required IReadOnlyList<Violation> Violations { get; init; }

    /// <summary>Messages that callers tried to send.</summary>
    public required long Sent { get; init; }

    /// <summary>Messages whose enqueue was acknowledged.</summary>
    public required long Acknowledged { get; init; }

    /// <summary>Deliveries, repeated ones included.</summary>
    public required long Delivered { get; init; }

    /// <summary>Deliveries of a message beyond its first. Allowed: at least once.</summary>
    public required long Duplicates { get; init; }

    /// <summary>Dead letters that were seen.</summary>
    public required long DeadLettered { get; init; }

    public bool Holds => Violations.Count == 0;

    public long Count(Rule rule) => Violations.Count(v => v.Rule == rule);
}

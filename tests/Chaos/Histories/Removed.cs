namespace FuncQueue.Chaos.Histories;

/// <summary>An attempt to remove one message that nobody holds.</summary>
public sealed record Removed
{
    public required string Queue { get; init; }

    public required string MessageId { get; init; }

    /// <summary>The id of its first life, if it had one before: whoever looked for it was told.</summary>
    public string? OriginalMessageId { get; init; }

    /// <summary>It was asked for as a dead letter; else as a live message.</summary>
    public required bool IsDead { get; init; }

    public required DateTimeOffset Began { get; init; }

    public required DateTimeOffset Ended { get; init; }

    /// <summary><see cref="Histories.Ending.Failed"/> also when the answer was that the message is leased, or is not there.</summary>
    public required Ending Ending { get; init; }

    /// <summary>The answer was that it is not there.</summary>
    public bool NotFound { get; init; }

    /// <summary>What the clock of the process that was asked was ahead, at most: to it, leases may have ended so much earlier.</summary>
    public TimeSpan ClockAhead { get; init; }
}

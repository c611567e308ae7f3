namespace FuncQueue.Chaos.Histories;

/// <summary>What was found in one queue when all was quiet: listed, and counted by the service.</summary>
public sealed record Remains
{
    public required string Queue { get; init; }

    public required Counts Counts { get; init; }

    /// <summary>Ids of the messages that are ready or scheduled.</summary>
    public IReadOnlyList<string> Live { get; init; } = [];

    public IReadOnlyList<DeadLetter> DeadLetters { get; init; } = [];

    /// <summary>When no message is leased any more, and the queue's counts must be those of the lists.</summary>
    public required string When { get; init; }

    /// <summary>The last look: what is in the queue is all that is left of it.</summary>
    public bool IsLast { get; init; }
}

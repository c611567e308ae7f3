namespace FuncQueue.Engine;

/// <summary>What a sweep counted in a queue, and what was done in it since the sample before.</summary>
public sealed record QueueSample
{
    public required DateTimeOffset At { get; init; }

    public required long Ready { get; init; }

    public required long Leased { get; init; }

    /// <summary>Null: so many that those far ahead were not counted.</summary>
    public required long? Scheduled { get; init; }

    public required long DeadLettered { get; init; }

    /// <summary>Age of the oldest ready or leased message; null if there is none.</summary>
    public required TimeSpan? OldestMessageAge { get; init; }

    public required QueueFlow Since { get; init; }
}

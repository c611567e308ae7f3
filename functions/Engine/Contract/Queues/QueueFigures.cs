namespace FuncQueue.Engine;

/// <summary>
/// What was in a queue when a sweep last counted it, with what time and this process have changed since. What other processes have changed
/// since is not in it.
/// </summary>
public sealed record QueueFigures
{
    public required long Ready { get; init; }

    public required long Leased { get; init; }

    /// <summary>
    /// Of the messages that were scheduled when they were counted, those that have come due since; not among the ready ones.
    /// </summary>
    public required long Due { get; init; }

    /// <summary>Null: so many that those far ahead were not counted.</summary>
    public required long? Scheduled { get; init; }

    public required long DeadLettered { get; init; }

    /// <summary>Age of the oldest ready or leased message, as far as it is known; null if there is none.</summary>
    public required TimeSpan? OldestMessageAge { get; init; }

    /// <summary>When a sweep last found that something had changed, or when the queue was made.</summary>
    public required DateTimeOffset AsOf { get; init; }
}

namespace FuncQueue.Engine;

/// <summary>A queue with what is in it.</summary>
public sealed record QueueStatus
{
    public required QueueInfo Queue { get; init; }

    public required MessageCounts Counts { get; init; }

    public QueueTotals Totals { get; init; }

    /// <summary>Age of the oldest ready or leased message; null if there is none.</summary>
    public required TimeSpan? OldestMessageAge { get; init; }
}

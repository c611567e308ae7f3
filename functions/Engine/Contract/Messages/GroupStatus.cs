namespace FuncQueue.Engine;

/// <summary>A group with messages in a queue that are not done.</summary>
public sealed record GroupStatus
{
    public required string GroupId { get; init; }

    /// <summary>Messages ready, leased or held back.</summary>
    public required long Messages { get; init; }

    /// <summary>Whether one of them is leased; on a FIFO queue those behind it then wait.</summary>
    public required bool IsLeased { get; init; }

    /// <summary>Age of the oldest of them.</summary>
    public required TimeSpan OldestMessageAge { get; init; }
}

namespace FuncQueue.Engine;

/// <summary>A group with messages in a queue that are not done.</summary>
public sealed record GroupStatus
{
    public required string GroupId { get; init; }

    /// <summary>Messages ready, leased or held back.</summary>
    public required long Messages { get; init; }

    /// <summary>Whether one of them is leased; on a FIFO queue the others then wait.</summary>
    public required bool IsLeased { get; init; }

    /// <summary>Age of the oldest of them.</summary>
    public required TimeSpan OldestMessageAge { get; init; }
}

/// <summary>A page of groups, those with the oldest messages first; <c>Continuation</c> is null on the last.</summary>
public sealed record GroupPage(IReadOnlyList<GroupStatus> Groups, string? Continuation);

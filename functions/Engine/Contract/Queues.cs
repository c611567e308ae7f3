namespace FuncQueue.Engine;

/// <summary>The condition of a PUT: an ETag that must match, or that the queue must not exist. Both unset: none.</summary>
public readonly record struct QueueCondition(string? IfMatch, bool IfNoneMatch);

/// <summary>A queue as its registry row says, without looking at its messages.</summary>
public sealed record QueueInfo
{
    public required QueueName Name { get; init; }

    public required QueueSettings Settings { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the settings, tags or annotations were last written, by storage's clock.</summary>
    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>Opaque, without quotes; changes with every change of the settings.</summary>
    public required string ETag { get; init; }
}

/// <summary>Messages of a queue by status, as the rows were when they were read.</summary>
public readonly record struct MessageCounts(long Ready, long Leased, long Scheduled, long DeadLettered);

/// <summary>A queue with what is in it.</summary>
public sealed record QueueStatus
{
    public required QueueInfo Queue { get; init; }

    public required MessageCounts Counts { get; init; }

    /// <summary>Age of the oldest ready or leased message; null if there is none.</summary>
    public required TimeSpan? OldestMessageAge { get; init; }
}

public sealed record QueuePut(QueueStatus Status, bool Created);

/// <summary>A page of queues in the order of their names; <c>Continuation</c> is null on the last.</summary>
public sealed record QueuePage(IReadOnlyList<QueueInfo> Queues, string? Continuation);

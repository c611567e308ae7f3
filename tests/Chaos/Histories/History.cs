namespace FuncQueue.Chaos.Histories;

/// <summary>All that callers did and were told, in right time, and what was there in the end.</summary>
public sealed record History
{
    public required IReadOnlyList<QueueRules> Queues { get; init; }

    public IReadOnlyList<Sent> Sent { get; init; } = [];

    public IReadOnlyList<Received> Received { get; init; } = [];

    public IReadOnlyList<Settled> Settled { get; init; } = [];

    public IReadOnlyList<Remains> Remains { get; init; } = [];

    public IReadOnlyList<Deletion> Deletions { get; init; } = [];

    public IReadOnlyList<Revival> Revivals { get; init; } = [];

    public IReadOnlyList<Removed> Removed { get; init; } = [];

    public IReadOnlyList<Published> Published { get; init; } = [];

    public IReadOnlyList<SeenRecord> Seen { get; init; } = [];

    /// <summary>Whom topics routed to.</summary>
    public IReadOnlyList<RoutePart> Parts { get; init; } = [];

    public IReadOnlyList<TopicRules> Topics { get; init; } = [];

    /// <summary>Payload blobs that are left although no message is.</summary>
    public IReadOnlyList<string> OrphanBlobs { get; init; } = [];

    /// <summary>Answers that no caller should ever get, as 500.</summary>
    public IReadOnlyList<string> StrangeAnswers { get; init; } = [];
}

using FuncQueue.Engine.Topics.Records;

namespace FuncQueue.Engine.Topics;

/// <summary>A record as it is in a topic. It never changes.</summary>
public sealed record Record
{
    public required int Partition { get; init; }

    public required long Offset { get; init; }

    /// <summary>Derived from topic, partition and offset.</summary>
    public required MessageId MessageId { get; init; }

    /// <summary>Whole milliseconds; within a partition it never falls.</summary>
    public required DateTimeOffset PublishedAt { get; init; }

    public string? Key { get; init; }

    public string? RoutingKey { get; init; }

    /// <summary>The bytes, or null when they lie in a payload, which is opened by partition and offset.</summary>
    public required ReadOnlyMemory<byte>? Body { get; init; }

    public required long BodyLength { get; init; }

    public required string ContentType { get; init; }

    public required IReadOnlyDictionary<string, string> Attributes { get; init; }

    public string? DeduplicationId { get; init; }

    public string? TraceParent { get; init; }

    public string? TraceState { get; init; }

    /// <summary>For queues that it reaches.</summary>
    public TimeSpan? Delay { get; init; }

    /// <summary>For queues that it reaches.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>For queues that it reaches.</summary>
    public int? Priority { get; init; }

    /// <summary>The payload that holds the body; null: <see cref="Body"/> does.</summary>
    internal Guid? Payload { get; init; }

    /// <summary>The version of the topic's subscriptions that it was routed by.</summary>
    internal long RoutedBy { get; init; }

    /// <summary>The subscriptions of that version that take it.</summary>
    internal SubscriptionSet Subscriptions { get; init; } = SubscriptionSet.None;
}

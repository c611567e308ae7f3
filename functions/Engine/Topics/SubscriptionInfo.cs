using FuncQueue.Engine.Topics.Filters;

namespace FuncQueue.Engine.Topics;

/// <summary>A subscription as its registry row says.</summary>
public sealed record SubscriptionInfo
{
    public required TopicName Topic { get; init; }

    public required QueueName Name { get; init; }

    public required SubscriptionTarget Target { get; init; }

    public required SubscriptionFilters Filters { get; init; }

    /// <summary>In a FIFO queue, the group of records without a key.</summary>
    public required string GroupId { get; init; }

    /// <summary>The attribute in which each message tells of its record, as a <see cref="RecordStamp"/>; null: in none.</summary>
    public string? StampAs { get; init; }

    /// <summary>What another protocol keeps with it; the HTTP API does not show it.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the filters last changed, or what else is told of it.</summary>
    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>Opaque, without quotes; changes with every change of the filters.</summary>
    public required string ETag { get; init; }
}

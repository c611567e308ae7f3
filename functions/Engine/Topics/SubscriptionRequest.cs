using FuncQueue.Engine.Topics.Filters;

namespace FuncQueue.Engine.Topics;

/// <summary>A subscription as a caller wants it.</summary>
public sealed record SubscriptionRequest
{
    public required SubscriptionTarget Target { get; init; }

    /// <summary>Null: as they are; of a new subscription, none.</summary>
    public SubscriptionFilters? Filters { get; init; }

    /// <summary>Counts when the subscription is made, only.</summary>
    public SubscriptionStart From { get; init; } = new SubscriptionStart.Now();

    /// <summary>In a FIFO queue, the group of records without a key; null: as it is, or the name of the subscription.</summary>
    public string? GroupId { get; init; }

    /// <summary>
    /// The attribute in which each message tells of its record, as a <see cref="RecordStamp"/>; null: in none. Left out: as it is; of a new
    /// subscription, in none.
    /// </summary>
    public Given<string?> StampAs { get; init; }

    /// <summary>What another protocol keeps with it, as with a topic. Null: as it is.</summary>
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }
}

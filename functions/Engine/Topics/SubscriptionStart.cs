namespace FuncQueue.Engine.Topics;

/// <summary>From where on a subscription takes the records of a topic.</summary>
public abstract record SubscriptionStart
{
    private SubscriptionStart() { }

    /// <summary>What is published from now on.</summary>
    public sealed record Now : SubscriptionStart;

    /// <summary>Everything that is there.</summary>
    public sealed record Earliest : SubscriptionStart;

    /// <summary>What was published at this instant or later.</summary>
    public sealed record Instant(DateTimeOffset Value) : SubscriptionStart;

    /// <summary>An offset for each partition; partitions that are not named: from now on.</summary>
    public sealed record Offsets(IReadOnlyDictionary<int, long> Values) : SubscriptionStart;
}

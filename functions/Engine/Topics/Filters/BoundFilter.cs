namespace FuncQueue.Engine.Topics.Filters;

/// <summary>A filter of one of a matcher's subscriptions.</summary>
/// <param name="Subscription">Its place among them.</param>
internal sealed record BoundFilter(int Subscription, RoutingPattern[]? RoutingKeys, BoundPolicy? Attributes, BoundPolicy? Body)
{
    /// <summary>Whether what finds the filter says that its routing key matches.</summary>
    public bool FoundByRoutingKey { get; init; }

    /// <summary>Whether being found is to match.</summary>
    public bool IsFoundOnly => FoundByRoutingKey && Attributes is null && Body is null;

    /// <summary>The one condition that is left to examine, if it is one on an attribute's values.</summary>
    public BoundMember? OnlyAttribute =>
        (FoundByRoutingKey || RoutingKeys is null) && Body is null && Attributes is { Members: [{ Test: not null } only] } ? only : null;

    public IEnumerable<BoundPolicy> Policies => new[] { Attributes, Body }.OfType<BoundPolicy>();

    public static BoundFilter Bind(int subscription, Filter filter, FieldNode attributes, FieldNode body) =>
        new(
            subscription,
            filter.RoutingKeys,
            filter.Attributes is { } ofAttributes ? BoundPolicy.Bind(ofAttributes, attributes) : null,
            filter.Body is { } ofBody ? BoundPolicy.Bind(ofBody, body) : null
        );
}

namespace FuncQueue.Engine.Topics.Filters;

/// <summary>One filter of a subscription: what is not null must hold.</summary>
/// <param name="RoutingKeys">Patterns, of which one suffices.</param>
internal sealed record Filter(RoutingPattern[]? RoutingKeys, Policy? Attributes, Policy? Body)
{
    /// <summary>Whether it asks nothing of a message.</summary>
    public bool TakesEverything => RoutingKeys is null && Attributes is null or { Members.Length: 0 } && Body is null;
}

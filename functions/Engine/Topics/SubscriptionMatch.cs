namespace FuncQueue.Engine.Topics;

/// <summary>What a dry run tells of one subscription.</summary>
/// <param name="Failed">The first condition that failed, by its path in the subscription; null: it would take the record.</param>
public sealed record SubscriptionMatch(string Subscription, Fault? Failed);

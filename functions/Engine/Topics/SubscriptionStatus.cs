namespace FuncQueue.Engine.Topics;

/// <summary>A subscription and how far it is.</summary>
public sealed record SubscriptionStatus(SubscriptionInfo Subscription, IReadOnlyList<SubscriptionPosition> Partitions);

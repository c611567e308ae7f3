namespace FuncQueue.Engine.Topics;

public sealed record SubscriptionPut(SubscriptionInfo Subscription, bool Created);

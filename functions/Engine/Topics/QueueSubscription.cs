namespace FuncQueue.Engine.Topics;

/// <summary>That a queue is subscribed to a topic.</summary>
public sealed record QueueSubscription(TopicName Topic, string Subscription);

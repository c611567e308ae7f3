namespace FuncQueue.Engine.Topics;

/// <summary>Where a subscription takes records to: a queue or another topic.</summary>
public sealed record SubscriptionTarget
{
    private SubscriptionTarget(QueueName? queue, TopicName? topic) => (Queue, Topic) = (queue, topic);

    /// <summary>Null: it is a topic.</summary>
    public QueueName? Queue { get; }

    /// <summary>Null: it is a queue.</summary>
    public TopicName? Topic { get; }

    public static SubscriptionTarget To(QueueName queue) => new(queue, null);

    public static SubscriptionTarget To(TopicName topic) => new(null, topic);
}

using FuncQueue.Engine.Topics.Subscriptions;

namespace FuncQueue.Engine.Topics.Forwarding;

/// <summary>Makes what the flows of a topic lead to.</summary>
internal sealed class FlowSinks(EngineContext context, FeedBudget budget, PayloadCopies copies, TopicName topic) : IDisposable
{
    public IFlowSink Of(LiveTarget target, SubscriptionRow subscription, int shard) =>
        target.Queue is { } queue
            ? new QueueSink(context, budget, copies, topic, subscription, queue, queue.Shards[shard])
            : new TopicSink(context, budget, copies, topic, subscription, target.Topic!, target.Topic!.Logs[shard]);

    public void Dispose() => copies.Dispose();
}

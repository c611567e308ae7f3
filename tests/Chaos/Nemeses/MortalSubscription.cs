using FuncQueue.Chaos.Histories;
using FuncQueue.Chaos.Workload;

namespace FuncQueue.Chaos.Nemeses;

/// <summary>A subscription that ends with its queue, and is made for the next one of that name.</summary>
internal sealed class MortalSubscription(SubscriptionCalls calls, TopicSpec topic, QueueSpec queue)
{
    private readonly List<RouteChange> changes = [new(DateTimeOffset.MinValue, DateTimeOffset.MinValue, TopicSpec.Nothing)];

    /// <summary>What was in force when.</summary>
    public RoutePart Part =>
        new()
        {
            Topic = topic.Name,
            Queues = [queue.Name],
            Changes = changes,
        };

    /// <summary>Takes note that the queue was deleted.</summary>
    public void End(DateTimeOffset began, DateTimeOffset ended) => changes.Add(new RouteChange(began, ended, TopicSpec.Nothing));

    public async Task BeginAsync()
    {
        var (began, ended) = await calls.SubscribeAsync(topic, queue, null);
        changes.Add(new RouteChange(began, ended, TopicSpec.Everything(queue)));
    }
}

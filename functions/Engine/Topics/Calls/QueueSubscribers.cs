using FuncQueue.Engine.Queues;
using FuncQueue.Engine.Registry;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics.Forwarding;
using FuncQueue.Engine.Topics.Subscriptions;

namespace FuncQueue.Engine.Topics.Calls;

/// <summary>Ends the subscriptions of queues that are deleted.</summary>
internal sealed class QueueSubscribers(RegistryTable registry, TopicDirectory topics) : IQueueSubscribers
{
    private readonly SubscriptionTable subscriptions = new(registry);

    public async Task<Failure?> PrepareAsync(string table, CancellationToken cancellationToken)
    {
        foreach (var source in await subscriptions.ReadSourcesAsync(table, cancellationToken))
        {
            if (await FindAsync(source, cancellationToken) is not { } topic)
                continue;
            if (source.IsAlternate)
                return new Failure.QueueInUse(source.Topic);
            // Should this process stop half-way, the timer finds subscriptions without a target.
            if (await topic.MarkAsync() is { } unmarked)
                return unmarked;
        }

        return null;
    }

    public async Task<Failure?> EndAsync(string table, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var source in await subscriptions.ReadSourcesAsync(table, cancellationToken))
            {
                if (
                    await FindAsync(source, cancellationToken) is { } topic
                    && await topic.EndAsync(source.Subscription, table, cancellationToken) is { } unended
                )
                    return unended;
            }

            return null;
        }
        catch (StorageFaultException exception)
        {
            return exception.Fault.ToReadFailure();
        }
    }

    private async Task<TopicSubscriptions?> FindAsync(TargetSource source, CancellationToken cancellationToken) =>
        await topics.FindAsync(source.Topic, cancellationToken) is { } topic && topic.Table == source.TopicTable
            ? (TopicSubscriptions)topic.Subscriptions
            : null;
}

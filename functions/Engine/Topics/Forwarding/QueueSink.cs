using Azure;
using Azure.Data.Tables;
using FuncQueue.Engine.Queues;
using FuncQueue.Engine.Shards;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics.Subscriptions;

namespace FuncQueue.Engine.Topics.Forwarding;

/// <summary>Forwards into a shard of a queue.</summary>
internal sealed class QueueSink(
    EngineContext context,
    FeedBudget budget,
    PayloadCopies copies,
    TopicName from,
    SubscriptionRow subscription,
    QueueRuntime queue,
    ShardRuntime shard
)
    : FlowSink<PendingEnqueue>(
        copies,
        subscription,
        shard.Table.Shard,
        new PayloadHome(queue.Table, queue.Payloads, shard.Table, shard.Activity)
    )
{
    private readonly Destination destination = new(subscription, shard.Table.Shard, queue.Settings);

    protected override PendingEnqueue Compose(ForwardedRecord record, (Guid Payload, ETag ETag)? upload) =>
        destination.Compose(record, upload);

    protected override Func<PendingEnqueue, bool> NewSize() => new FeedSize(shard.Enqueue.MaxInRow).TryAdd;

    protected override async Task<FlowStep> FeedAsync(FlowPlace at, IReadOnlyList<PendingEnqueue> items, long next)
    {
        var feed = new Feed(at.Cursor, next, items, shard.Enqueue.MaxInRow);
        await budget.TakeAsync(feed.Bytes);
        try
        {
            switch (await shard.Enqueue.FeedAsync(feed))
            {
                case FeedEnd.Taken(var cursor):
                    context.Metrics.Forwarded(from, Subscription.Name, items.Count);
                    return new FlowStep(FlowStepEnd.GotOn, cursor is null ? null : FlowPlace.At(cursor, at.ToEnd));
                case FeedEnd.Passed:
                    return new FlowStep(FlowStepEnd.Passed, null);
                default:
                    return new FlowStep(FlowStepEnd.Failed, null);
            }
        }
        finally
        {
            budget.GiveBack(feed.Bytes);
        }
    }

    /// <summary>The record arrives as a dead letter that says so.</summary>
    protected override TableTransactionAction Bury(ForwardedRecord record)
    {
        var birth = Subscription.IsOrdered
            ? shard.Sequence.At(RowKeys.Micros(context.Now))
            : shard.Sequence.NextImmediate(Limits.MaxPriority);
        var timeToLive = queue.PolicyFor(MessageSource.Live).DeadLetterTimeToLive;
        return ShardTable.Insert(destination.Bury(record, birth, timeToLive, context.Now));
    }
}

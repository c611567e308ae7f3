using Azure;
using Azure.Data.Tables;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics.Log;
using FuncQueue.Engine.Topics.Records;
using FuncQueue.Engine.Topics.Subscriptions;

namespace FuncQueue.Engine.Topics.Forwarding;

/// <summary>
/// Forwards into a partition of another topic, where records are routed anew. One transaction stores them and moves the cursor, as one
/// stores messages and does so in a queue.
/// </summary>
internal sealed class TopicSink(
    EngineContext context,
    FeedBudget budget,
    PayloadCopies copies,
    TopicName from,
    SubscriptionRow subscription,
    ITopicLog topic,
    PartitionLog partition
)
    : FlowSink<PendingRecord>(
        copies,
        subscription,
        partition.Partition,
        new PayloadHome(topic.Table, topic.Payloads, partition.Table, topic.Activity)
    )
{
    /// <summary>Most records of a feed: so many fit into one transaction, however different the sets of their subscriptions are.</summary>
    private const int MaxRecords = Limits.MaxBatchSize;

    private const int MaxBytes = 1024 * 1024;

    private readonly ShortPayloads bodies = new(topic.Payloads, topic.Table);

    protected override PendingRecord Compose(ForwardedRecord record, (Guid Payload, ETag ETag)? upload) =>
        Compose(record, upload, record.Content.Body);

    /// <summary>Filters look into the body, though it is a payload.</summary>
    protected override async ValueTask<PendingRecord> ComposeAsync(ForwardedRecord record, (Guid Payload, ETag ETag) copy) =>
        Compose(record, copy, await bodies.ReadAsync(partition.Partition, copy.Payload, record.BodyLength, CancellationToken.None));

    protected override Func<PendingRecord, bool> NewSize()
    {
        var (count, bytes) = (0, 0);
        return record =>
        {
            if (count > 0 && (count == MaxRecords || bytes + record.Bytes > MaxBytes))
                return false;
            count++;
            bytes += record.Bytes;
            return true;
        };
    }

    protected override async Task<FlowStep> FeedAsync(FlowPlace at, IReadOnlyList<PendingRecord> items, long next)
    {
        var move = new CursorMove(at.Cursor, next);
        var append = new PendingAppend { Records = items, Move = move }.Measured();
        await budget.TakeAsync(append.Bytes);
        try
        {
            if ((await partition.Appends.AppendAsync(append)).Failure is null)
            {
                context.Metrics.Forwarded(from, Subscription.Name, items.Count);
                return new FlowStep(FlowStepEnd.GotOn, move.Moved is { } moved ? FlowPlace.At(moved, at.ToEnd) : null);
            }

            return new FlowStep(move.WasPassed ? FlowStepEnd.Passed : FlowStepEnd.Failed, null);
        }
        finally
        {
            budget.GiveBack(append.Bytes);
        }
    }

    /// <summary>A log has no dead letters.</summary>
    protected override TableTransactionAction? Bury(ForwardedRecord record)
    {
        EngineLog.ForwardedPayloadLost(context.Log, Subscription.Name, topic.Name.Value, record.Partition, record.Offset);
        return null;
    }

    private PendingRecord Compose(ForwardedRecord record, (Guid Payload, ETag ETag)? upload, ReadOnlyMemory<byte>? seen)
    {
        // Where each record needs a key, one without has the subscription's.
        var content = record.Content with
        {
            Key = record.Content.Key ?? (Subscription.IsOrdered ? Subscription.GroupId : null),
        };
        return new PendingRecord
        {
            Encoded = RecordCodec.Encode(content),
            BodyLength = record.BodyLength,
            Routable = new Routable(content.RoutingKey ?? "", content.Attributes, seen),
            Upload = upload,
        };
    }
}

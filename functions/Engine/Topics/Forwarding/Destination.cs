using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Groups;
using FuncQueue.Engine.Queues;
using FuncQueue.Engine.Shards;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics.Subscriptions;

namespace FuncQueue.Engine.Topics.Forwarding;

/// <summary>What records become in a shard of the queue that subscribes. Pure.</summary>
internal sealed class Destination(SubscriptionRow subscription, int shard, QueueSettings settings)
{
    /// <param name="upload">The copy of its payload, if it has one.</param>
    public PendingEnqueue Compose(ForwardedRecord record, (Guid Payload, Azure.ETag ETag)? upload)
    {
        var (content, group) = (record.Content, GroupOf(record));
        return new PendingEnqueue
        {
            Encoded = record.EncodedFor(group, subscription),
            // FIFO queues have neither.
            Lane = Limits.MaxPriority - (subscription.IsOrdered ? 0 : content.Priority ?? 0),
            Delay = (subscription.IsOrdered ? null : content.Delay) ?? settings.Delay,
            EnqueueAt = null,
            TimeToLive = content.TimeToLive ?? settings.MessageTimeToLive,
            GroupHash = GroupHash.Of(group),
            BodyLength = record.BodyLength,
            Upload = upload,
        };
    }

    /// <summary>The dead letter that a record becomes whose payload is gone.</summary>
    /// <param name="birth">A key that no other row has.</param>
    public BatchRow Bury(ForwardedRecord record, BirthRow birth, TimeSpan? timeToLive, DateTimeOffset now)
    {
        var group = GroupOf(record);
        var encoded = MessageCodec.Encode(
            record.ToMessage(group, subscription) with
            {
                DeadLetterReason = Reasons.PayloadLost,
                DeadLetteredAt = now,
            }
        );
        return new BatchRow
        {
            Shard = shard,
            Key = RowKeys.DeadLetter(birth.Key, 0),
            Birth = birth,
            FirstIndex = 0,
            ETag = default(Azure.ETag),
            State = [MessageState.ReadyAt(now)],
            Index = new RowIndex(now, [new MessageIndex(GroupHash.Of(group), now + timeToLive, encoded.Length, 0, null)]),
            Data = encoded,
        };
    }

    public string? GroupOf(ForwardedRecord record) => record.Content.Key ?? (subscription.IsOrdered ? subscription.GroupId : null);
}

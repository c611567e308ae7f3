using Azure;
using FuncQueue.Engine.Decisions;

namespace FuncQueue.Engine.Storage;

/// <summary>A dead letter is a row of one message in the same format, under a key of its own.</summary>
internal static class DeadLetterRow
{
    public static BatchRow Create(BatchRow from, int slot, in MessageState state, string reason, DeliveryPolicy policy, DateTimeOffset now)
    {
        var content = from.ContentOf(slot) with { DeadLetterReason = reason, DeadLetteredAt = now };
        var encoded = MessageCodec.Encode(content);
        var index = from.Index.Messages[slot] with { EncodedLength = encoded.Length, ExpiresAt = now + policy.DeadLetterTimeToLive };
        return new BatchRow
        {
            Shard = from.Shard,
            Key = RowKeys.DeadLetter(from.Birth.Key, from.FirstIndex + slot),
            Birth = from.Birth,
            FirstIndex = from.FirstIndex + slot,
            ETag = default(ETag),
            State = [new MessageState(SlotStatus.Ready, now, state.DeliveryCount, default) { FirstDeliveredAt = state.FirstDeliveredAt }],
            Index = new RowIndex(from.Index.EnqueuedAt, [index]),
            Data = encoded,
        };
    }
}

using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Queues;

/// <summary>Messages of rows as callers see them.</summary>
internal static class MessageView
{
    /// <summary>The message; the row's data must have been read.</summary>
    public static StoredMessage Of(BatchRow row, int slot, MessageState state, MessageStatus status, bool ordered)
    {
        var (index, content) = (row.Index.Messages[slot], row.ContentOf(slot));
        return new StoredMessage
        {
            MessageId = row.IdOf(slot),
            Status = status,
            Body = index.Payload is null ? content.Body : default(ReadOnlyMemory<byte>?),
            BodyLength = index.BodyLength,
            ContentType = content.ContentType,
            Attributes = content.Attributes,
            DeliveryCount = state.DeliveryCount,
            EnqueuedAt = row.Index.EnqueuedAt,
            VisibleAt = state.VisibleAt,
            LeasedBy = state.IsLeased ? state.LeaseId.Process.Value : null,
            ExpiresAt = index.ExpiresAt,
            Priority = Limits.MaxPriority - row.Birth.Lane,
            GroupId = content.GroupId,
            DeduplicationId = content.DeduplicationId,
            SequenceNumber = ordered ? row.SequenceNumberOf(slot) : null,
            TraceParent = content.TraceParent,
            TraceState = content.TraceState,
            FirstDeliveredAt = state.FirstDeliveredAt,
            OriginalMessageId = content.OriginalMessageId,
            MovedFrom = content.MovedFrom,
            DeadLetterReason = content.DeadLetterReason,
            DeadLetteredAt = content.DeadLetteredAt,
            Source = content.Source,
        };
    }

    /// <summary>
    /// The state with the end of a lease taken into account that nobody has noticed yet: the message is visible after its backoff.
    /// </summary>
    public static MessageState AsSeen(in MessageState state, in MessageIndex index, DeliveryPolicy policy, DateTimeOffset now) =>
        Upkeep.Decide(state, index, policy, now) is Upkeep.Redeliver(var ready) ? ready : state;

    /// <summary>The status for people; null for a message that is over: done, or past its time to live and not leased.</summary>
    public static MessageStatus? StatusOf(in MessageState state, in MessageIndex index, DeliveryPolicy policy, DateTimeOffset now) =>
        Standing.Of(state, index, policy, now);
}

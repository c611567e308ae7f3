using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics.Records;
using FuncQueue.Engine.Topics.Subscriptions;

namespace FuncQueue.Engine.Topics.Forwarding;

/// <summary>A record on its way to those who subscribe. Thread-safe.</summary>
internal sealed class ForwardedRecord(
    RecordEntry entry,
    long routedBy,
    SubscriptionSet subscriptions,
    RecordContent content,
    TopicSource source,
    RecordStamp stamp
)
{
    private byte[]? encoded;

    public int Partition => source.Partition;

    public long Offset => entry.Offset;

    public long BodyLength => entry.BodyLength;

    public Guid? Payload => entry.Payload;

    /// <summary>The version of the subscriptions that it was routed by.</summary>
    public long RoutedBy => routedBy;

    /// <summary>The subscriptions of that version that take it.</summary>
    public SubscriptionSet Subscriptions => subscriptions;

    public RecordContent Content => content;

    /// <summary>The message that it becomes, in bytes.</summary>
    /// <param name="group">Null: none.</param>
    public byte[] EncodedFor(string? group, SubscriptionRow subscription) =>
        group == content.Key && subscription.StampAs is null
            ? encoded ??= MessageCodec.Encode(ToMessage(group, subscription))
            : MessageCodec.Encode(ToMessage(group, subscription));

    public MessageContent ToMessage(string? group, SubscriptionRow subscription) =>
        new()
        {
            Body = content.Body,
            ContentType = content.ContentType,
            Attributes = subscription.StampAs is { } name
                ? new Dictionary<string, string>(content.Attributes, StringComparer.Ordinal)
                {
                    [name] = (stamp with { Subscription = subscription.Name }).ToString(),
                }
                : content.Attributes,
            GroupId = group,
            DeduplicationId = content.DeduplicationId,
            TraceParent = content.TraceParent,
            TraceState = content.TraceState,
            Source = source,
        };
}

using System.Text.Json.Serialization;

namespace FuncQueue.Client.Json;

/// <summary>A message as answers have it.</summary>
internal sealed class WireMessage
{
    public Guid MessageId { get; set; }
    public string? Receipt { get; set; }

    [JsonConverter(typeof(TextBodyConverter))]
    public byte[]? Body { get; set; }
    public byte[]? BodyBase64 { get; set; }
    public string? BodyUrl { get; set; }
    public string? ContentType { get; set; }
    public Dictionary<string, string>? Attributes { get; set; }
    public int DeliveryCount { get; set; }
    public DateTimeOffset EnqueuedAt { get; set; }
    public DateTimeOffset VisibleAt { get; set; }
    public string? GroupId { get; set; }
    public string? DeduplicationId { get; set; }
    public int Priority { get; set; }
    public long? SequenceNumber { get; set; }

    [JsonPropertyName("traceparent")]
    public string? TraceParent { get; set; }

    [JsonPropertyName("tracestate")]
    public string? TraceState { get; set; }
    public MessageSource? Source { get; set; }
    public Guid? OriginalMessageId { get; set; }
    public string? DeadLetterReason { get; set; }
    public DateTimeOffset? DeadLetteredAt { get; set; }
    public string? Status { get; set; }

    public ReceivedMessage ToMessage(TimeSpan leaseEndsAt = default)
    {
        var message = new ReceivedMessage
        {
            MessageId = MessageId,
            Receipt = Receipt,
            ContentType = ContentType ?? "application/octet-stream",
            Attributes = Attributes ?? [],
            DeliveryCount = DeliveryCount,
            EnqueuedAt = EnqueuedAt,
            VisibleAt = VisibleAt,
            GroupId = GroupId,
            DeduplicationId = DeduplicationId,
            Priority = Priority,
            SequenceNumber = SequenceNumber,
            TraceParent = TraceParent,
            TraceState = TraceState,
            Source = Source,
            OriginalMessageId = OriginalMessageId,
            DeadLetterReason = DeadLetterReason,
            DeadLetteredAt = DeadLetteredAt,
            Status = Status switch
            {
                "ready" => MessageStatus.Ready,
                "leased" => MessageStatus.Leased,
                "scheduled" => MessageStatus.Scheduled,
                "deadLettered" => MessageStatus.DeadLettered,
                // Lists of one kind and receivers are told no more than that they have it.
                null when DeadLetteredAt is not null => MessageStatus.DeadLettered,
                null when Receipt is not null => MessageStatus.Leased,
                _ => MessageStatus.Unknown,
            },
            LeaseEndsAt = leaseEndsAt,
        };
        if ((Body ?? BodyBase64) is { } bytes)
            message.Load(BinaryData.FromBytes(bytes));
        return message;
    }
}

internal sealed class WireMessages
{
    public List<WireMessage> Messages { get; set; } = [];
    public string? Continuation { get; set; }
}

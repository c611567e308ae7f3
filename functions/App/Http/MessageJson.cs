using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using FuncQueue.Engine;
using FuncQueue.Functions.Http.CloudEvents;

namespace FuncQueue.Functions.Http;

/// <summary>Messages in answers.</summary>
internal static class MessageJson
{
    public static void Write(
        Utf8JsonWriter writer,
        StoredMessage message,
        string queueUrl,
        string? receipt = null,
        bool withStatus = false,
        bool asEvent = false
    ) => Write(writer, message, queueUrl, receipt, withStatus, withHolder: withStatus, asEvent);

    /// <summary>A message that somebody looks at, without a lease of it.</summary>
    public static void WritePeeked(Utf8JsonWriter writer, StoredMessage message, string queueUrl) =>
        Write(writer, message, queueUrl, receipt: null, withStatus: false, withHolder: true, asEvent: false);

    private static void Write(
        Utf8JsonWriter writer,
        StoredMessage message,
        string queueUrl,
        string? receipt,
        bool withStatus,
        bool withHolder,
        bool asEvent
    )
    {
        writer.WriteStartObject();
        writer.WriteString("messageId", message.MessageId.ToGuid());
        if (withStatus)
            writer.WriteString("status", Status(message.Status));
        if (receipt is not null)
            writer.WriteString("receipt", receipt);
        if (asEvent)
            WriteEvent(writer, message, queueUrl);
        else
            WriteBody(writer, message, queueUrl);
        writer.WriteString("contentType", message.ContentType);
        writer.WriteStartObject("attributes");
        foreach (var (name, value) in message.Attributes)
            writer.WriteString(name, value);
        writer.WriteEndObject();
        writer.WriteNumber("deliveryCount", message.DeliveryCount);
        writer.WriteString("enqueuedAt", Instants.Format(message.EnqueuedAt));
        writer.WriteString("visibleAt", Instants.Format(message.VisibleAt));
        if (withHolder && message is { Status: MessageStatus.Leased, LeasedBy: { } process })
            writer.WriteString("leasedBy", process.ToString("x8", CultureInfo.InvariantCulture));
        WriteIf(writer, "groupId", message.GroupId);
        WriteIf(writer, "deduplicationId", message.DeduplicationId);
        if (message.Priority != 0)
            writer.WriteNumber("priority", message.Priority);
        if (message.SequenceNumber is { } number)
            writer.WriteNumber("sequenceNumber", number);
        WriteIf(writer, "traceparent", message.TraceParent);
        WriteIf(writer, "tracestate", message.TraceState);
        if (message.Source is { } source)
            Write(writer, source);
        WriteIf(writer, "originalMessageId", message.OriginalMessageId?.ToString());
        WriteIf(writer, "deadLetterReason", message.DeadLetterReason);
        WriteIf(writer, "deadLetteredAt", message.DeadLetteredAt is { } at ? Instants.Format(at) : null);
        writer.WriteEndObject();
    }

    /// <summary>The address of a queue as the caller reached it, for links.</summary>
    public static string QueueUrl(HttpRequest request, QueueName queue) => $"{CallerAddress.Of(request, "/queues")}/queues/{queue}";

    private static void Write(Utf8JsonWriter writer, TopicSource source)
    {
        writer.WriteStartObject("source");
        writer.WriteString("topic", source.Topic);
        writer.WriteNumber("partition", source.Partition);
        writer.WriteNumber("offset", source.Offset);
        WriteIf(writer, "routingKey", source.RoutingKey);
        writer.WriteEndObject();
    }

    private static void WriteBody(Utf8JsonWriter writer, StoredMessage message, string queueUrl)
    {
        if (message.Body is not { } body)
            writer.WriteString("bodyUrl", $"{queueUrl}/messages/{message.MessageId}/body");
        else if (Utf8.IsValid(body.Span))
            writer.WriteString("body", body.Span);
        else
            writer.WriteBase64String("bodyBase64", body.Span);
    }

    private static void WriteEvent(Utf8JsonWriter writer, StoredMessage message, string queueUrl)
    {
        var cloudEvent = CloudEventAttributes.ToEvent(
            message.Attributes,
            message.ContentType,
            message.MessageId.ToString(),
            new Uri(queueUrl).AbsolutePath,
            message.EnqueuedAt
        );
        CloudEventJson.WriteMember(writer, cloudEvent, message.Body, $"{queueUrl}/messages/{message.MessageId}/body");
    }

    private static string Status(MessageStatus status) =>
        status switch
        {
            MessageStatus.Ready => "ready",
            MessageStatus.Leased => "leased",
            MessageStatus.Scheduled => "scheduled",
            _ => "deadLettered",
        };

    private static void WriteIf(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
            writer.WriteString(name, value);
    }
}

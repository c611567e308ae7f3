using System.Text.Json;
using System.Text.Unicode;
using FuncQueue.Engine;

namespace FuncQueue.Functions.Http;

/// <summary>Messages in answers.</summary>
internal static class MessageJson
{
    public static void Write(Utf8JsonWriter writer, StoredMessage message, string queueUrl, string? receipt = null, bool withStatus = false)
    {
        writer.WriteStartObject();
        writer.WriteString("messageId", message.MessageId.ToGuid());
        if (withStatus)
            writer.WriteString("status", Status(message.Status));
        if (receipt is not null)
            writer.WriteString("receipt", receipt);
        WriteBody(writer, message, queueUrl);
        writer.WriteString("contentType", message.ContentType);
        writer.WriteStartObject("attributes");
        foreach (var (name, value) in message.Attributes)
            writer.WriteString(name, value);
        writer.WriteEndObject();
        writer.WriteNumber("deliveryCount", message.DeliveryCount);
        writer.WriteString("enqueuedAt", Instants.Format(message.EnqueuedAt));
        writer.WriteString("visibleAt", Instants.Format(message.VisibleAt));
        WriteIf(writer, "groupId", message.GroupId);
        if (message.Priority != 0)
            writer.WriteNumber("priority", message.Priority);
        if (message.SequenceNumber is { } number)
            writer.WriteNumber("sequenceNumber", number);
        WriteIf(writer, "traceparent", message.TraceParent);
        WriteIf(writer, "originalMessageId", message.OriginalMessageId?.ToString());
        WriteIf(writer, "deadLetterReason", message.DeadLetterReason);
        WriteIf(writer, "deadLetteredAt", message.DeadLetteredAt is { } at ? Instants.Format(at) : null);
        writer.WriteEndObject();
    }

    /// <summary>The address of a queue as the caller reached it, for links.</summary>
    public static string QueueUrl(HttpRequest request, QueueName queue) => $"{CallerAddress.Of(request, "/queues")}/queues/{queue}";

    private static void WriteBody(Utf8JsonWriter writer, StoredMessage message, string queueUrl)
    {
        if (message.Body is not { } body)
            writer.WriteString("bodyUrl", $"{queueUrl}/messages/{message.MessageId}/body");
        else if (Utf8.IsValid(body.Span))
            writer.WriteString("body", body.Span);
        else
            writer.WriteBase64String("bodyBase64", body.Span);
    }

    private static string Status(MessageStatus status) => status switch
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

using System.Text.Json;
using System.Text.Unicode;
using FuncQueue.Engine.Topics;
using FuncQueue.Functions.Http.CloudEvents;

namespace FuncQueue.Functions.Http.Topics;

/// <summary>Records in answers.</summary>
internal static class RecordJson
{
    /// <param name="topicUrl">The topic's address as the caller reached it, for links.</param>
    public static void Write(Utf8JsonWriter writer, Record record, string topicUrl, bool withPartition = false, bool asEvent = false)
    {
        writer.WriteStartObject();
        if (withPartition)
            writer.WriteNumber("partition", record.Partition);
        writer.WriteNumber("offset", record.Offset);
        writer.WriteString("messageId", record.MessageId.ToGuid());
        writer.WriteString("publishedAt", Instants.Format(record.PublishedAt));
        WriteIf(writer, "key", record.Key);
        WriteIf(writer, "routingKey", record.RoutingKey);
        if (asEvent)
            WriteEvent(writer, record, topicUrl);
        else if (record.Body is not { } body)
            writer.WriteString("bodyUrl", $"{topicUrl}/partitions/{record.Partition}/records/{record.Offset}/body");
        else if (Utf8.IsValid(body.Span))
            writer.WriteString("body", body.Span);
        else
            writer.WriteBase64String("bodyBase64", body.Span);
        writer.WriteString("contentType", record.ContentType);
        writer.WriteStartObject("attributes");
        foreach (var (name, value) in record.Attributes)
            writer.WriteString(name, value);
        writer.WriteEndObject();
        WriteIf(writer, "traceparent", record.TraceParent);
        WriteIf(writer, "tracestate", record.TraceState);
        writer.WriteEndObject();
    }

    private static void WriteEvent(Utf8JsonWriter writer, Record record, string topicUrl)
    {
        var cloudEvent = CloudEventAttributes.ToEvent(
            record.Attributes,
            record.ContentType,
            record.MessageId.ToString(),
            new Uri(topicUrl).AbsolutePath,
            record.PublishedAt
        );
        CloudEventJson.WriteMember(
            writer,
            cloudEvent,
            record.Body,
            $"{topicUrl}/partitions/{record.Partition}/records/{record.Offset}/body"
        );
    }

    public static string TopicUrl(HttpRequest request, TopicName topic) => $"{CallerAddress.Of(request, "/topics")}/topics/{topic}";

    private static void WriteIf(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
            writer.WriteString(name, value);
    }
}

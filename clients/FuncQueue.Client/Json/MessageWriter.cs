using System.Text.Json;
using System.Text.Unicode;
using FuncQueue.Client.Telemetry;

namespace FuncQueue.Client.Json;

/// <summary>Messages in requests.</summary>
internal static class MessageWriter
{
    public static void Write(Utf8JsonWriter writer, FuncQueueMessage message, string? deduplicationId, TraceContext trace)
    {
        writer.WriteStartObject();
        WriteContent(writer, message.Body, message.ContentType, message.Attributes);
        WriteTimes(writer, message.Delay, message.TimeToLive, message.Priority);
        if (message.EnqueueAt is { } at)
            writer.WriteString("enqueueAt", Wire.Text(at));
        WriteIf(writer, "groupId", message.GroupId);
        WriteIf(writer, "deduplicationId", deduplicationId);
        WriteTrace(writer, trace);
        writer.WriteEndObject();
    }

    /// <summary>What belongs to a record wherever it is stored.</summary>
    public static void WriteRecord(Utf8JsonWriter writer, TopicMessage message, TraceContext trace)
    {
        WriteContent(writer, message.Body, message.ContentType, message.Attributes);
        WriteTimes(writer, message.Delay, message.TimeToLive, message.Priority);
        WriteIf(writer, "routingKey", message.RoutingKey);
        if (message.Mandatory)
            writer.WriteBoolean("mandatory", true);
        WriteTrace(writer, trace);
    }

    /// <summary>Where a record, or several together, are to be stored, and that it be once.</summary>
    public static void WritePlace(Utf8JsonWriter writer, string? key, int? partition, string? deduplicationId)
    {
        WriteIf(writer, "key", key);
        if (partition is { } asked)
            writer.WriteNumber("partition", asked);
        WriteIf(writer, "deduplicationId", deduplicationId);
    }

    /// <summary>About as many bytes as the message takes in a request.</summary>
    public static long Size(BinaryData body, IDictionary<string, string> attributes) =>
        body.ToMemory().Length + attributes.Sum(a => (long)(a.Key.Length + a.Value.Length)) + 256;

    public static void WriteContent(Utf8JsonWriter writer, BinaryData body, string? contentType, IDictionary<string, string> attributes)
    {
        var bytes = body.ToMemory().Span;
        if (Utf8.IsValid(bytes))
            writer.WriteString("body", bytes);
        else
            writer.WriteBase64String("bodyBase64", bytes);
        WriteIf(writer, "contentType", contentType);
        if (attributes.Count == 0)
            return;
        writer.WriteStartObject("attributes");
        foreach (var (name, value) in attributes)
            writer.WriteString(name, value);
        writer.WriteEndObject();
    }

    private static void WriteTimes(Utf8JsonWriter writer, TimeSpan? delay, TimeSpan? timeToLive, int? priority)
    {
        if (delay is { } wait)
            writer.WriteNumber("delaySeconds", Wire.Seconds(wait));
        if (timeToLive is { } life)
            writer.WriteNumber("ttlSeconds", Wire.Seconds(life));
        if (priority is { } rank)
            writer.WriteNumber("priority", rank);
    }

    private static void WriteTrace(Utf8JsonWriter writer, TraceContext trace)
    {
        WriteIf(writer, "traceparent", trace.Parent);
        if (trace.Parent is not null)
            WriteIf(writer, "tracestate", trace.State);
    }

    private static void WriteIf(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
            writer.WriteString(name, value);
    }
}

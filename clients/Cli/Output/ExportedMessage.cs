using System.Text.Json;
using System.Text.Unicode;
using FuncQueue.Cli.CommandLine;
using FuncQueue.Client;

namespace FuncQueue.Cli.Output;

/// <summary>
/// A message as a line of NDJSON: all that it was sent with but its deduplication id, by which an import would be a repeat.
/// </summary>
internal static class ExportedMessage
{
    public static byte[] Write(ReceivedMessage message, BinaryData body, bool scheduled)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            if (Utf8.IsValid(body.ToMemory().Span))
                writer.WriteString("body", body.ToMemory().Span);
            else
                writer.WriteBase64String("bodyBase64", body.ToMemory().Span);
            writer.WriteString("contentType", message.ContentType);
            if (message.Attributes.Count > 0)
            {
                writer.WriteStartObject("attributes");
                foreach (var (name, value) in message.Attributes.OrderBy(attribute => attribute.Key, StringComparer.Ordinal))
                    writer.WriteString(name, value);
                writer.WriteEndObject();
            }

            if (message.GroupId is { } group)
                writer.WriteString("groupId", group);
            if (message.Priority != 0)
                writer.WriteNumber("priority", message.Priority);
            if (scheduled)
                writer.WriteString("enqueueAt", message.VisibleAt.UtcDateTime);
            writer.WriteEndObject();
        }

        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    public static FuncQueueMessage Read(string line, int number)
    {
        try
        {
            var root = JsonElement.Parse(line);
            var bytes = root.TryGetProperty("bodyBase64", out var encoded)
                ? BinaryData.FromBytes(encoded.GetBytesFromBase64())
                : BinaryData.FromString(root.GetProperty("body").GetString() ?? "");
            var message = new FuncQueueMessage(bytes)
            {
                ContentType = Text(root, "contentType"),
                GroupId = Text(root, "groupId"),
                Priority = root.TryGetProperty("priority", out var priority) ? priority.GetInt32() : null,
                EnqueueAt = root.TryGetProperty("enqueueAt", out var at) ? at.GetDateTimeOffset() : null,
            };
            if (root.TryGetProperty("attributes", out var attributes))
            {
                foreach (var attribute in attributes.EnumerateObject())
                    message.Attributes[attribute.Name] = attribute.Value.GetString() ?? "";
            }

            return message;
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new UsageException($"Line {number} is no exported message: {failure.Message}");
        }
    }

    private static string? Text(JsonElement root, string name) => root.TryGetProperty(name, out var value) ? value.GetString() : null;
}

using System.Buffers;
using System.Text;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Topics.Records;

/// <summary>
/// One record in bytes: fields of tag, length and value (<see cref="ByteFields"/>). A reader passes over tags it does not know, so that
/// fields can be added without a new version of the row.
/// </summary>
internal static class RecordCodec
{
    private enum Tag : byte
    {
        Body = 1,
        ContentType = 2,
        Attribute = 3,
        Key = 4,
        RoutingKey = 5,
        DeduplicationId = 6,
        TraceParent = 7,
        TraceState = 8,
        Delay = 9,
        TimeToLive = 10,
        Priority = 11,
    }

    private static readonly Dictionary<string, string> NoAttributes = [];

    public static byte[] Encode(RecordContent content)
    {
        var writer = new ArrayBufferWriter<byte>(content.Body.Length + 128);
        ByteFields.Write(writer, (byte)Tag.Body, content.Body.Span);
        ByteFields.Write(writer, (byte)Tag.ContentType, content.ContentType);
        foreach (var (name, value) in content.Attributes)
            ByteFields.WritePair(writer, (byte)Tag.Attribute, name, value);
        ByteFields.Write(writer, (byte)Tag.Key, content.Key);
        ByteFields.Write(writer, (byte)Tag.RoutingKey, content.RoutingKey);
        ByteFields.Write(writer, (byte)Tag.DeduplicationId, content.DeduplicationId);
        ByteFields.Write(writer, (byte)Tag.TraceParent, content.TraceParent);
        ByteFields.Write(writer, (byte)Tag.TraceState, content.TraceState);
        ByteFields.WriteNumber(writer, (byte)Tag.Delay, content.Delay?.Ticks);
        ByteFields.WriteNumber(writer, (byte)Tag.TimeToLive, content.TimeToLive?.Ticks);
        ByteFields.WriteNumber(writer, (byte)Tag.Priority, content.Priority);
        return writer.WrittenSpan.ToArray();
    }

    /// <summary>
    /// Throws <see cref="UnsupportedFormatException"/> for bytes that <see cref="Decode"/> would not take, without making a record of them.
    /// </summary>
    /// <returns>The length of the inline body.</returns>
    public static int RequireWhole(ReadOnlyMemory<byte> bytes)
    {
        var body = 0;
        while (!bytes.IsEmpty)
        {
            var value = ByteFields.ReadField(ref bytes, out var tag);
            switch ((Tag)tag)
            {
                case Tag.Body:
                    body = value.Length;
                    break;
                case Tag.Attribute:
                    ByteFields.ReadValue(ref value);
                    break;
                case Tag.Delay or Tag.TimeToLive or Tag.Priority:
                    ByteFields.NumberOf(value);
                    break;
            }
        }

        return body;
    }

    public static RecordContent Decode(ReadOnlyMemory<byte> bytes)
    {
        ReadOnlyMemory<byte> body = default;
        var contentType = RecordContent.DefaultContentType;
        Dictionary<string, string>? attributes = null;
        string? key = null,
            routingKey = null,
            deduplicationId = null,
            traceParent = null,
            traceState = null;
        long? delay = null,
            timeToLive = null,
            priority = null;
        while (!bytes.IsEmpty)
        {
            var value = ByteFields.ReadField(ref bytes, out var tag);
            switch ((Tag)tag)
            {
                case Tag.Body:
                    body = value;
                    break;
                case Tag.ContentType:
                    contentType = Text(value);
                    break;
                case Tag.Attribute:
                    var name = ByteFields.ReadValue(ref value);
                    (attributes ??= new Dictionary<string, string>(StringComparer.Ordinal))[Text(name)] = Text(value);
                    break;
                case Tag.Key:
                    key = Text(value);
                    break;
                case Tag.RoutingKey:
                    routingKey = Text(value);
                    break;
                case Tag.DeduplicationId:
                    deduplicationId = Text(value);
                    break;
                case Tag.TraceParent:
                    traceParent = Text(value);
                    break;
                case Tag.TraceState:
                    traceState = Text(value);
                    break;
                case Tag.Delay:
                    delay = ByteFields.NumberOf(value);
                    break;
                case Tag.TimeToLive:
                    timeToLive = ByteFields.NumberOf(value);
                    break;
                case Tag.Priority:
                    priority = ByteFields.NumberOf(value);
                    break;
            }
        }

        return new RecordContent
        {
            Body = body,
            ContentType = contentType,
            Attributes = attributes ?? NoAttributes,
            Key = key,
            RoutingKey = routingKey,
            DeduplicationId = deduplicationId,
            TraceParent = traceParent,
            TraceState = traceState,
            Delay = delay is { } held ? new TimeSpan(held) : null,
            TimeToLive = timeToLive is { } life ? new TimeSpan(life) : null,
            Priority = (int?)priority,
        };
    }

    private static string Text(ReadOnlyMemory<byte> value) => Encoding.UTF8.GetString(value.Span);
}

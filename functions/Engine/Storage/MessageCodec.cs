using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace FuncQueue.Engine.Storage;

/// <summary>A message as it lies in a row's data.</summary>
internal sealed record MessageContent
{
    /// <summary>The inline body; empty when the body is a payload.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    public required string ContentType { get; init; }

    public required IReadOnlyDictionary<string, string> Attributes { get; init; }

    public string? GroupId { get; init; }

    public string? DeduplicationId { get; init; }

    public string? TraceParent { get; init; }

    public string? TraceState { get; init; }

    public MessageId? OriginalMessageId { get; init; }

    public string? DeadLetterReason { get; init; }

    public DateTimeOffset? DeadLetteredAt { get; init; }

    public string? MovedFrom { get; init; }

    public TopicSource? Source { get; init; }
}

/// <summary>
/// One message in bytes: fields of tag, length (LEB128) and value. A reader passes over tags it does not know, so that fields
/// can be added without a new version of the row.
/// </summary>
internal static class MessageCodec
{
    private enum Tag : byte
    {
        Body = 1,
        ContentType = 2,
        Attribute = 3,
        GroupId = 4,
        DeduplicationId = 5,
        TraceParent = 6,
        OriginalMessageId = 7,
        DeadLetterReason = 8,
        DeadLetteredAt = 9,
        MovedFrom = 10,
        Source = 11,
        TraceState = 12,
    }

    public static byte[] Encode(MessageContent content)
    {
        var writer = new ArrayBufferWriter<byte>(content.Body.Length + 128);
        ByteFields.Write(writer, (byte)Tag.Body, content.Body.Span);
        ByteFields.Write(writer, (byte)Tag.ContentType, content.ContentType);
        foreach (var (name, value) in content.Attributes)
            ByteFields.WritePair(writer, (byte)Tag.Attribute, name, value);
        ByteFields.Write(writer, (byte)Tag.GroupId, content.GroupId);
        ByteFields.Write(writer, (byte)Tag.DeduplicationId, content.DeduplicationId);
        ByteFields.Write(writer, (byte)Tag.TraceParent, content.TraceParent);
        ByteFields.Write(writer, (byte)Tag.TraceState, content.TraceState);
        if (content.OriginalMessageId is { } original)
        {
            Span<byte> bytes = stackalloc byte[16];
            BinaryPrimitives.WriteUInt128BigEndian(bytes, original.Bits);
            ByteFields.Write(writer, (byte)Tag.OriginalMessageId, bytes);
        }

        ByteFields.Write(writer, (byte)Tag.DeadLetterReason, content.DeadLetterReason);
        if (content.DeadLetteredAt is { } at)
        {
            Span<byte> bytes = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(bytes, at.UtcTicks);
            ByteFields.Write(writer, (byte)Tag.DeadLetteredAt, bytes);
        }

        ByteFields.Write(writer, (byte)Tag.MovedFrom, content.MovedFrom);
        if (content.Source is { } source)
            ByteFields.Write(writer, (byte)Tag.Source, SourceCodec.Encode(source));
        return writer.WrittenSpan.ToArray();
    }

    /// <summary>
    /// Throws <see cref="UnsupportedFormatException"/> for bytes that <see cref="Decode"/> would not take, without taking them apart.
    /// </summary>
    /// <returns>The length of the inline body.</returns>
    public static int RequireWhole(ReadOnlyMemory<byte> bytes)
    {
        var body = 0;
        while (!bytes.IsEmpty)
        {
            var value = ByteFields.ReadField(ref bytes, out var read);
            var tag = (Tag)read;
            if (tag == Tag.Body)
                body = value.Length;
            else if (tag == Tag.Attribute)
                ByteFields.ReadValue(ref value);
            else if (tag == Tag.DeadLetteredAt && value.Length == 8)
                RowCodec.Instant(BinaryPrimitives.ReadInt64LittleEndian(value.Span));
            else if (tag == Tag.Source)
                SourceCodec.Decode(value.Span);
        }

        return body;
    }

    public static MessageContent Decode(ReadOnlyMemory<byte> bytes)
    {
        var fields = new Fields();
        while (!bytes.IsEmpty)
        {
            var value = ByteFields.ReadField(ref bytes, out var tag);
            fields.Take((Tag)tag, value);
        }

        return fields.ToContent();
    }

    /// <summary>What has been read of a message so far.</summary>
    private struct Fields
    {
        private static readonly Dictionary<string, string> NoAttributes = [];

        private ReadOnlyMemory<byte> body;
        private string? contentType;
        private Dictionary<string, string>? attributes;
        private string? groupId;
        private string? deduplicationId;
        private string? traceParent;
        private string? traceState;
        private MessageId? original;
        private string? reason;
        private DateTimeOffset? deadLetteredAt;
        private string? movedFrom;
        private TopicSource? source;

        public void Take(Tag tag, ReadOnlyMemory<byte> value)
        {
            switch (tag)
            {
                case Tag.Body:
                    body = value;
                    break;
                case Tag.ContentType:
                    contentType = Encoding.UTF8.GetString(value.Span);
                    break;
                case Tag.Attribute:
                    var name = Encoding.UTF8.GetString(ByteFields.ReadValue(ref value).Span);
                    (attributes ??= new Dictionary<string, string>(StringComparer.Ordinal))[name] = Encoding.UTF8.GetString(value.Span);
                    break;
                case Tag.GroupId:
                    groupId = Encoding.UTF8.GetString(value.Span);
                    break;
                case Tag.DeduplicationId:
                    deduplicationId = Encoding.UTF8.GetString(value.Span);
                    break;
                case Tag.TraceParent:
                    traceParent = Encoding.UTF8.GetString(value.Span);
                    break;
                case Tag.TraceState:
                    traceState = Encoding.UTF8.GetString(value.Span);
                    break;
                case Tag.OriginalMessageId when value.Length == 16:
                    original = new MessageId(BinaryPrimitives.ReadUInt128BigEndian(value.Span));
                    break;
                case Tag.DeadLetterReason:
                    reason = Encoding.UTF8.GetString(value.Span);
                    break;
                case Tag.DeadLetteredAt when value.Length == 8:
                    deadLetteredAt = RowCodec.Instant(BinaryPrimitives.ReadInt64LittleEndian(value.Span));
                    break;
                case Tag.MovedFrom:
                    movedFrom = Encoding.UTF8.GetString(value.Span);
                    break;
                case Tag.Source:
                    source = SourceCodec.Decode(value.Span);
                    break;
            }
        }

        public readonly MessageContent ToContent() =>
            new()
            {
                Body = body,
                ContentType = contentType ?? "application/octet-stream",
                Attributes = attributes ?? NoAttributes,
                GroupId = groupId,
                DeduplicationId = deduplicationId,
                TraceParent = traceParent,
                TraceState = traceState,
                OriginalMessageId = original,
                DeadLetterReason = reason,
                DeadLetteredAt = deadLetteredAt,
                MovedFrom = movedFrom,
                Source = source,
            };
    }
}

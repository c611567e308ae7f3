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

    public MessageId? OriginalMessageId { get; init; }

    public string? DeadLetterReason { get; init; }

    public DateTimeOffset? DeadLetteredAt { get; init; }

    public string? MovedFrom { get; init; }
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
    }

    public static byte[] Encode(MessageContent content)
    {
        var writer = new ArrayBufferWriter<byte>(content.Body.Length + 128);
        Write(writer, Tag.Body, content.Body.Span);
        Write(writer, Tag.ContentType, content.ContentType);
        foreach (var (name, value) in content.Attributes)
            WriteAttribute(writer, name, value);
        Write(writer, Tag.GroupId, content.GroupId);
        Write(writer, Tag.DeduplicationId, content.DeduplicationId);
        Write(writer, Tag.TraceParent, content.TraceParent);
        if (content.OriginalMessageId is { } original)
        {
            Span<byte> bytes = stackalloc byte[16];
            BinaryPrimitives.WriteUInt128BigEndian(bytes, original.Bits);
            Write(writer, Tag.OriginalMessageId, bytes);
        }

        Write(writer, Tag.DeadLetterReason, content.DeadLetterReason);
        if (content.DeadLetteredAt is { } at)
        {
            Span<byte> bytes = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(bytes, at.UtcTicks);
            Write(writer, Tag.DeadLetteredAt, bytes);
        }

        Write(writer, Tag.MovedFrom, content.MovedFrom);
        return writer.WrittenSpan.ToArray();
    }

    /// <summary>Throws <see cref="UnsupportedFormatException"/> for bytes that <see cref="Decode"/> would not take, without taking them apart.</summary>
    /// <returns>The length of the inline body.</returns>
    public static int RequireWhole(ReadOnlyMemory<byte> bytes)
    {
        var body = 0;
        while (!bytes.IsEmpty)
        {
            var tag = (Tag)bytes.Span[0];
            bytes = bytes[1..];
            var value = Slice(ref bytes);
            if (tag == Tag.Body)
                body = value.Length;
            else if (tag == Tag.Attribute)
                Slice(ref value);
            else if (tag == Tag.DeadLetteredAt && value.Length == 8)
                RowCodec.Instant(BinaryPrimitives.ReadInt64LittleEndian(value.Span));
        }

        return body;
    }

    public static MessageContent Decode(ReadOnlyMemory<byte> bytes)
    {
        ReadOnlyMemory<byte> body = default;
        var contentType = "application/octet-stream";
        Dictionary<string, string>? attributes = null;
        string? groupId = null, deduplicationId = null, traceParent = null, reason = null, movedFrom = null;
        MessageId? original = null;
        DateTimeOffset? deadLetteredAt = null;
        while (!bytes.IsEmpty)
        {
            var tag = (Tag)bytes.Span[0];
            bytes = bytes[1..];
            var value = Slice(ref bytes);
            switch (tag)
            {
                case Tag.Body:
                    body = value;
                    break;
                case Tag.ContentType:
                    contentType = Encoding.UTF8.GetString(value.Span);
                    break;
                case Tag.Attribute:
                    var name = Slice(ref value);
                    (attributes ??= new Dictionary<string, string>(StringComparer.Ordinal))[Encoding.UTF8.GetString(name.Span)] =
                        Encoding.UTF8.GetString(value.Span);
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
            }
        }

        return new MessageContent
        {
            Body = body,
            ContentType = contentType,
            Attributes = attributes ?? NoAttributes,
            GroupId = groupId,
            DeduplicationId = deduplicationId,
            TraceParent = traceParent,
            OriginalMessageId = original,
            DeadLetterReason = reason,
            DeadLetteredAt = deadLetteredAt,
            MovedFrom = movedFrom,
        };
    }

    private static readonly Dictionary<string, string> NoAttributes = [];

    private static ReadOnlyMemory<byte> Slice(ref ReadOnlyMemory<byte> bytes)
    {
        uint length = 0;
        var span = bytes.Span;
        for (int i = 0, shift = 0; ; i++, shift += 7)
        {
            if (i >= span.Length || shift > 28)
                throw new UnsupportedFormatException("A message's data is cut short.");
            length |= (uint)(span[i] & 0x7F) << shift;
            if ((span[i] & 0x80) == 0)
            {
                bytes = bytes[(i + 1)..];
                break;
            }
        }

        if (length > bytes.Length)
            throw new UnsupportedFormatException("A message's data is cut short.");
        var value = bytes[..(int)length];
        bytes = bytes[(int)length..];
        return value;
    }

    private static void Write(ArrayBufferWriter<byte> writer, Tag tag, string? value)
    {
        if (value is null)
            return;
        WriteHeader(writer, tag, Encoding.UTF8.GetByteCount(value));
        Encoding.UTF8.GetBytes(value, writer);
    }

    private static void Write(ArrayBufferWriter<byte> writer, Tag tag, ReadOnlySpan<byte> value)
    {
        WriteHeader(writer, tag, value.Length);
        writer.Write(value);
    }

    private static void WriteAttribute(ArrayBufferWriter<byte> writer, string name, string value)
    {
        var nameLength = Encoding.UTF8.GetByteCount(name);
        WriteHeader(writer, Tag.Attribute, LengthOfLength(nameLength) + nameLength + Encoding.UTF8.GetByteCount(value));
        WriteLength(writer, nameLength);
        Encoding.UTF8.GetBytes(name, writer);
        Encoding.UTF8.GetBytes(value, writer);
    }

    private static void WriteHeader(ArrayBufferWriter<byte> writer, Tag tag, int length)
    {
        writer.GetSpan(1)[0] = (byte)tag;
        writer.Advance(1);
        WriteLength(writer, length);
    }

    private static int LengthOfLength(int length)
    {
        var bytes = 1;
        for (; length >= 0x80; length >>= 7)
            bytes++;
        return bytes;
    }

    private static void WriteLength(ArrayBufferWriter<byte> writer, int length)
    {
        var span = writer.GetSpan(5);
        var i = 0;
        for (; length >= 0x80; length >>= 7)
            span[i++] = (byte)(length | 0x80);
        span[i++] = (byte)length;
        writer.Advance(i);
    }
}

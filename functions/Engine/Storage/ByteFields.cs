using System.Buffers;
using System.Text;

namespace FuncQueue.Engine.Storage;

/// <summary>
/// What packed formats are made of: numbers (LEB128), and fields of tag, length and value, of which a reader passes over those whose tags
/// it does not know.
/// </summary>
internal static class ByteFields
{
    private const int MaxNumberBytes = 10;

    public static void Write(IBufferWriter<byte> writer, byte tag, string? value)
    {
        if (value is null)
            return;
        WriteHeader(writer, tag, Encoding.UTF8.GetByteCount(value));
        Encoding.UTF8.GetBytes(value, writer);
    }

    public static void Write(IBufferWriter<byte> writer, byte tag, ReadOnlySpan<byte> value)
    {
        WriteHeader(writer, tag, value.Length);
        writer.Write(value);
    }

    public static void WriteNumber(IBufferWriter<byte> writer, byte tag, long? value)
    {
        if (value is not { } number)
            return;
        WriteHeader(writer, tag, LengthOf((ulong)number));
        WriteNumber(writer, (ulong)number);
    }

    /// <summary>A field of a name and a value.</summary>
    public static void WritePair(IBufferWriter<byte> writer, byte tag, string name, string value)
    {
        var nameLength = Encoding.UTF8.GetByteCount(name);
        WriteHeader(writer, tag, LengthOf((ulong)nameLength) + nameLength + Encoding.UTF8.GetByteCount(value));
        WriteNumber(writer, (ulong)nameLength);
        Encoding.UTF8.GetBytes(name, writer);
        Encoding.UTF8.GetBytes(value, writer);
    }

    public static void WriteNumber(IBufferWriter<byte> writer, ulong number)
    {
        var span = writer.GetSpan(MaxNumberBytes);
        var i = 0;
        for (; number >= 0x80; number >>= 7)
            span[i++] = (byte)(number | 0x80);
        span[i++] = (byte)number;
        writer.Advance(i);
    }

    /// <summary>Takes a field off the front: its tag and its value.</summary>
    public static ReadOnlyMemory<byte> ReadField(ref ReadOnlyMemory<byte> bytes, out byte tag)
    {
        tag = bytes.Span[0];
        bytes = bytes[1..];
        return ReadValue(ref bytes);
    }

    /// <summary>Takes a value off the front, which its length comes before.</summary>
    public static ReadOnlyMemory<byte> ReadValue(ref ReadOnlyMemory<byte> bytes)
    {
        var length = ReadNumber(ref bytes);
        if (length > (ulong)bytes.Length)
            throw CutShort();
        var value = bytes[..(int)length];
        bytes = bytes[(int)length..];
        return value;
    }

    /// <summary>Takes a number off the front.</summary>
    public static ulong ReadNumber(ref ReadOnlyMemory<byte> bytes)
    {
        var span = bytes.Span;
        ulong number = 0;
        for (int i = 0, shift = 0; i < span.Length && i < MaxNumberBytes; i++, shift += 7)
        {
            number |= (ulong)(span[i] & 0x7F) << shift;
            if ((span[i] & 0x80) != 0)
                continue;
            bytes = bytes[(i + 1)..];
            return number;
        }

        throw CutShort();
    }

    /// <summary>Takes a number off the front that is at most <paramref name="most"/>.</summary>
    public static int ReadNumber(ref ReadOnlyMemory<byte> bytes, int most) =>
        ReadNumber(ref bytes) is var number && number <= (ulong)most
            ? (int)number
            : throw new UnsupportedFormatException($"The number {number} in a row's data is above {most}.");

    /// <summary>The number that is all of a field's value.</summary>
    public static long NumberOf(ReadOnlyMemory<byte> value) => (long)(ReadNumber(ref value) & long.MaxValue);

    public static UnsupportedFormatException CutShort() => new("A message's data is cut short.");

    private static void WriteHeader(IBufferWriter<byte> writer, byte tag, int length)
    {
        writer.GetSpan(1)[0] = tag;
        writer.Advance(1);
        WriteNumber(writer, (ulong)length);
    }

    private static int LengthOf(ulong number)
    {
        var bytes = 1;
        for (; number >= 0x80; number >>= 7)
            bytes++;
        return bytes;
    }
}

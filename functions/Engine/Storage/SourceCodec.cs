using System.Buffers.Binary;
using System.Text;

namespace FuncQueue.Engine.Storage;

/// <summary>
/// The record of a topic that a message came from, in bytes: partition, offset, the length of the topic's name, the name, and the routing
/// key, if the record has one. Little-endian.
/// </summary>
internal static class SourceCodec
{
    private const int Fixed = 1 + 8 + 1;

    public static byte[] Encode(TopicSource source)
    {
        var topic = Encoding.UTF8.GetBytes(source.Topic);
        var routingKey = Encoding.UTF8.GetBytes(source.RoutingKey ?? "");
        var bytes = new byte[Fixed + topic.Length + routingKey.Length];
        bytes[0] = checked((byte)source.Partition);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(1), source.Offset);
        bytes[Fixed - 1] = checked((byte)topic.Length);
        topic.CopyTo(bytes, Fixed);
        routingKey.CopyTo(bytes, Fixed + topic.Length);
        return bytes;
    }

    public static TopicSource Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Fixed || bytes.Length < Fixed + bytes[Fixed - 1])
            throw new UnsupportedFormatException("The source of a message is cut short.");
        var names = bytes[Fixed..];
        var routingKey = names[bytes[Fixed - 1]..];
        return new TopicSource(
            Encoding.UTF8.GetString(names[..bytes[Fixed - 1]]),
            bytes[0],
            BinaryPrimitives.ReadInt64LittleEndian(bytes[1..]),
            routingKey.IsEmpty ? null : Encoding.UTF8.GetString(routingKey)
        );
    }
}

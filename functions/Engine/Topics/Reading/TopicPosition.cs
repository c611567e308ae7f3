using System.Buffers.Binary;
using System.Buffers.Text;

namespace FuncQueue.Engine.Topics.Reading;

/// <summary>
/// How far a reader of a whole topic is in each partition, and which partition is first next time, lest one keeps the others waiting.
/// </summary>
internal sealed record TopicPosition(int First, IReadOnlyList<long> Offsets)
{
    private const byte Format = 1;
    private const int HeadLength = 1 + sizeof(ulong) + 1;

    /// <summary>As callers get it.</summary>
    /// <param name="tableHash">Of the topic's table: a position is good for one generation of one topic.</param>
    public string Write(ulong tableHash)
    {
        var bytes = new byte[HeadLength + (Offsets.Count * sizeof(long))];
        bytes[0] = Format;
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(1), tableHash);
        bytes[HeadLength - 1] = (byte)First;
        for (var i = 0; i < Offsets.Count; i++)
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(HeadLength + (i * sizeof(long))), Offsets[i]);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Null: it is not one that was handed out for this generation of the topic.</summary>
    public static TopicPosition? Read(string text, ulong tableHash, int partitions)
    {
        if (!Base64Url.IsValid(text, out var length) || length != HeadLength + (partitions * sizeof(long)))
            return null;
        var bytes = Base64Url.DecodeFromChars(text);
        if (bytes[0] != Format || BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(1)) != tableHash)
            return null;
        var offsets = new long[partitions];
        for (var i = 0; i < partitions; i++)
            offsets[i] = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(HeadLength + (i * sizeof(long))));
        var first = bytes[HeadLength - 1];
        return first < partitions && Array.TrueForAll(offsets, o => o >= 0) ? new TopicPosition(first, offsets) : null;
    }
}

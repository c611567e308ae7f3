using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace FuncQueue.Engine.Topics.Records;

/// <summary>
/// The message id of a record: a UUID of version 8 (RFC 9562) that holds partition, offset and a hash of the topic's table. A bit that is
/// zero in the ids of messages in queues tells it from those. Of its 122 bits, from the highest: partition 5, offset 56, hash 12, one 1,
/// hash 48.
/// </summary>
internal static class RecordId
{
    private static readonly UInt128 Low62 = (UInt128.One << 62) - 1;

    /// <summary>What stands for a topic's table in the ids of its records.</summary>
    public static ulong HashOf(string table) => BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(table))) >> 4;

    public static MessageId Of(ulong tableHash, int partition, long offset)
    {
        UInt128 bits = (uint)partition;
        bits = (bits << 56) | (ulong)offset;
        bits = (bits << 12) | (tableHash >> 48);
        bits = (bits << 1) | 1;
        bits = (bits << 48) | (tableHash & 0xFFFF_FFFF_FFFF);
        // 48 bits, version, 12 bits, variant, 62 bits.
        var (high, middle) = (bits >> 74, (bits >> 62) & 0xFFF);
        return new MessageId((high << 80) | ((UInt128)8 << 76) | (middle << 64) | ((UInt128)2 << 62) | (bits & Low62));
    }
}

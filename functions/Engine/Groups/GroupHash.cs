using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace FuncQueue.Engine.Groups;

/// <summary>What stands for a group in rows: 64 bits of a SHA-256. Groups that share it would only wait for each other.</summary>
internal static class GroupHash
{
    /// <summary>The hash of a message without a group.</summary>
    public const ulong None = 0;

    public static ulong Of(string? group) =>
        group is null ? None : BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(group)));
}

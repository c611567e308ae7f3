using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace FuncQueue.Functions.Sqs.Messages;

/// <summary>
/// The MD5 digests by which SQS clients check what they sent and got (developer guide, "Calculating the MD5 message digest for message
/// attributes").
/// </summary>
internal static class MessageDigest
{
    [SuppressMessage("Security", "CA5351", Justification = "The protocol's checksum; nothing is secured by it.")]
    public static string OfBody(ReadOnlySpan<byte> body) => Convert.ToHexStringLower(MD5.HashData(body));

    /// <summary>The digest; null for no attributes.</summary>
    [SuppressMessage("Security", "CA5351", Justification = "The protocol's checksum; nothing is secured by it.")]
    public static string? OfAttributes(IReadOnlyCollection<KeyValuePair<string, MessageAttribute>> attributes)
    {
        if (attributes.Count == 0)
            return null;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        foreach (var (name, attribute) in attributes.OrderBy(a => a.Key, StringComparer.Ordinal))
        {
            Append(hash, Encoding.UTF8.GetBytes(name));
            Append(hash, Encoding.UTF8.GetBytes(attribute.DataType));
            hash.AppendData([attribute.Bytes is null ? (byte)1 : (byte)2]);
            Append(hash, attribute.Bytes ?? Encoding.UTF8.GetBytes(attribute.Text!));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Append(IncrementalHash hash, byte[] bytes)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}

using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace FuncQueue.Engine.Topics.Groups;

/// <summary>
/// Tokens as callers see them: base64url of version, partition, hold and offset, closed by 128 bits of HMAC-SHA-256 over these, the topic's
/// generation and the group. So none can be made up, altered, or used for another group, or another topic of the same name. Its holder may
/// mean less than it says: <c>TOKEN@OFFSET</c> is the token up to an earlier offset.
/// </summary>
internal sealed class GroupTokens
{
    private const byte Format = 1;
    private const int BodyBytes = 1 + 1 + sizeof(ulong) + sizeof(long);
    private const int TagBytes = 16;

    private readonly byte[] key;

    /// <param name="signingKey">The deployment's.</param>
    /// <param name="table">Of this generation of the topic.</param>
    /// <param name="group">The group.</param>
    public GroupTokens(ReadOnlySpan<byte> signingKey, string table, QueueName group) =>
        key = HMACSHA256.HashData(signingKey, Encoding.ASCII.GetBytes($"group:{table}:{group.Value}"));

    public string Encode(GroupPlace place)
    {
        Span<byte> bytes = stackalloc byte[BodyBytes + TagBytes];
        bytes[0] = Format;
        bytes[1] = (byte)place.Partition;
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[2..], place.Hold);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[10..], place.Offset);
        Sign(bytes[..BodyBytes], bytes[BodyBytes..]);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Whether it looks like a token: it may be of another group, or of a later topic of the same name.</summary>
    public static bool HasForm(string text) =>
        TryRead(text.LastIndexOf('@') is > 0 and var at ? text[..at] : text, stackalloc byte[BodyBytes + TagBytes]);

    /// <summary>Null for anything that was not handed out for this group, and for what lies beyond it.</summary>
    public GroupPlace? Decode(string text)
    {
        if (text.LastIndexOf('@') is not (> 0 and var at))
            return DecodeWhole(text);
        return
            DecodeWhole(text[..at]) is { } place
            && long.TryParse(text.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
            && offset <= place.Offset
            ? place with
            {
                Offset = offset,
            }
            : null;
    }

    private GroupPlace? DecodeWhole(string text)
    {
        Span<byte> bytes = stackalloc byte[BodyBytes + TagBytes];
        if (!TryRead(text, bytes))
            return null;
        Span<byte> expected = stackalloc byte[TagBytes];
        Sign(bytes[..BodyBytes], expected);
        // The last character has spare bits: only our own spelling is accepted.
        if (!CryptographicOperations.FixedTimeEquals(expected, bytes[BodyBytes..]) || Base64Url.EncodeToString(bytes) != text)
            return null;
        return new GroupPlace(
            bytes[1],
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[2..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[10..])
        );
    }

    private static bool TryRead(string text, Span<byte> bytes) =>
        Base64Url.DecodeFromChars(text, bytes, out _, out var length) == System.Buffers.OperationStatus.Done
        && length == bytes.Length
        && bytes[0] == Format;

    private void Sign(ReadOnlySpan<byte> body, Span<byte> tag)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, body, hash);
        hash[..TagBytes].CopyTo(tag);
    }
}

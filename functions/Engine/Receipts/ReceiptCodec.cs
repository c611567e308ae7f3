using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using FuncQueue.Engine.Decisions;

namespace FuncQueue.Engine.Receipts;

/// <summary>
/// Receipts as callers see them: base64url of version, source, message, lease and end, closed by 128 bits of HMAC-SHA-256 over these
/// and the queue's generation. So none can be made up, altered, or used on another queue or on a later one of the same name.
/// </summary>
internal sealed class ReceiptCodec
{
    public const int KeyBytes = 32;

    private const byte Version = 1;
    private const int BodyBytes = 1 + 1 + 16 + 8 + 8;
    private const int TagBytes = 16;

    private readonly byte[] key;

    /// <param name="generation">The name of the table of this generation of the queue.</param>
    public ReceiptCodec(ReadOnlySpan<byte> signingKey, string generation) =>
        key = HMACSHA256.HashData(signingKey, Encoding.ASCII.GetBytes("receipt:" + generation));

    public string Encode(Receipt receipt)
    {
        Span<byte> bytes = stackalloc byte[BodyBytes + TagBytes];
        bytes[0] = Version;
        bytes[1] = (byte)receipt.Source;
        BinaryPrimitives.WriteUInt128BigEndian(bytes[2..], receipt.Message.Bits);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[18..], receipt.Lease.Value);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[26..], receipt.LeasedUntil.UtcTicks);
        Sign(bytes[..BodyBytes], bytes[BodyBytes..]);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>False for anything that this queue did not issue.</summary>
    public bool TryDecode(string text, out Receipt receipt)
    {
        receipt = default;
        Span<byte> bytes = stackalloc byte[BodyBytes + TagBytes];
        if (text.Length != Base64Url.GetEncodedLength(bytes.Length)
            || Base64Url.DecodeFromChars(text, bytes, out _, out var length) != System.Buffers.OperationStatus.Done
            || length != bytes.Length
            || bytes[0] != Version)
            return false;
        Span<byte> expected = stackalloc byte[TagBytes];
        Sign(bytes[..BodyBytes], expected);
        // The last character has spare bits, so a second spelling decodes to the same bytes: only our own is accepted.
        if (!CryptographicOperations.FixedTimeEquals(expected, bytes[BodyBytes..]) || Base64Url.EncodeToString(bytes) != text)
            return false;
        receipt = new Receipt(
            (MessageSource)bytes[1],
            new MessageId(BinaryPrimitives.ReadUInt128BigEndian(bytes[2..])),
            new LeaseId(BinaryPrimitives.ReadUInt64LittleEndian(bytes[18..])),
            new DateTimeOffset(BinaryPrimitives.ReadInt64LittleEndian(bytes[26..]), TimeSpan.Zero));
        return true;
    }

    private void Sign(ReadOnlySpan<byte> body, Span<byte> tag)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, body, hash);
        hash[..TagBytes].CopyTo(tag);
    }
}

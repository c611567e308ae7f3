using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Receipts;

/// <summary>
/// Receipts as callers see them: base64url of version, source, message, lease and end, in version 2 also the row's ETag, closed by 128
/// bits of HMAC-SHA-256 over these and the queue's generation. So none can be made up, altered, or used on another queue or on a later
/// one of the same name.
/// </summary>
internal sealed class ReceiptCodec
{
    public const int KeyBytes = 32;

    private const byte Plain = 1;
    private const byte WithRow = 2;
    private const int PlainBytes = 1 + 1 + 16 + 8 + 8;
    private const int RowBytes = 8;
    private const int TagBytes = 16;
    private const int MaxBytes = PlainBytes + RowBytes + TagBytes;

    private readonly byte[] key;

    /// <param name="generation">The name of the table of this generation of the queue.</param>
    public ReceiptCodec(ReadOnlySpan<byte> signingKey, string generation) =>
        key = HMACSHA256.HashData(signingKey, Encoding.ASCII.GetBytes("receipt:" + generation));

    public string Encode(Receipt receipt)
    {
        var row = receipt.LoneRow is { } etag ? ETagTime.TicksOf(etag) : null;
        var body = PlainBytes + (row is null ? 0 : RowBytes);
        Span<byte> bytes = stackalloc byte[body + TagBytes];
        bytes[0] = row is null ? Plain : WithRow;
        bytes[1] = (byte)receipt.Source;
        BinaryPrimitives.WriteUInt128BigEndian(bytes[2..], receipt.Message.Bits);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[18..], receipt.Lease.Value);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[26..], receipt.LeasedUntil.UtcTicks);
        if (row is { } ticks)
            BinaryPrimitives.WriteInt64LittleEndian(bytes[PlainBytes..], ticks);
        Sign(bytes[..body], bytes[body..]);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Whether it looks like a receipt: some queue may have issued it, perhaps a later one of the same name.</summary>
    public static bool HasForm(string text) => Read(text, stackalloc byte[MaxBytes]) > 0;

    /// <summary>False for anything that this queue did not issue.</summary>
    public bool TryDecode(string text, out Receipt receipt)
    {
        receipt = default;
        Span<byte> bytes = stackalloc byte[MaxBytes];
        var body = Read(text, bytes);
        if (body == 0)
            return false;
        bytes = bytes[..(body + TagBytes)];
        Span<byte> expected = stackalloc byte[TagBytes];
        Sign(bytes[..body], expected);
        // The last character has spare bits, so a second spelling decodes to the same bytes: only our own is accepted.
        if (!CryptographicOperations.FixedTimeEquals(expected, bytes[body..]) || Base64Url.EncodeToString(bytes) != text)
            return false;
        receipt = new Receipt(
            (MessageSource)bytes[1],
            new MessageId(BinaryPrimitives.ReadUInt128BigEndian(bytes[2..])),
            new LeaseId(BinaryPrimitives.ReadUInt64LittleEndian(bytes[18..])),
            new DateTimeOffset(BinaryPrimitives.ReadInt64LittleEndian(bytes[26..]), TimeSpan.Zero),
            body == PlainBytes ? null : ETagTime.At(BinaryPrimitives.ReadInt64LittleEndian(bytes[PlainBytes..]))
        );
        return true;
    }

    /// <summary>How many bytes are signed; 0: it is no receipt.</summary>
    private static int Read(string text, Span<byte> bytes)
    {
        if (Base64Url.DecodeFromChars(text, bytes, out _, out var length) != System.Buffers.OperationStatus.Done)
            return 0;
        var body = length - TagBytes;
        return body is PlainBytes or PlainBytes + RowBytes && bytes[0] == (body == PlainBytes ? Plain : WithRow) ? body : 0;
    }

    private void Sign(ReadOnlySpan<byte> body, Span<byte> tag)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, body, hash);
        hash[..TagBytes].CopyTo(tag);
    }
}

using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace FuncQueue.Engine;

/// <summary>
/// 128 bits that name a message for good and say where it lies: shard, birth row and place in it. Printed as a GUID,
/// which is a valid UUID of version 8 (RFC 9562) and sorts by time of birth.
/// </summary>
public readonly record struct MessageId
{
    private readonly UInt128 bits;

    internal MessageId(UInt128 bits) => this.bits = bits;

    internal UInt128 Bits => bits;

    internal const int Bytes = 16;

    internal static MessageId Of(ReadOnlySpan<byte> bytes) => new(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes));

    internal void CopyTo(Span<byte> bytes) => System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(bytes, bits);

    public static bool TryParse([NotNullWhen(true)] string? text, out MessageId id)
    {
        id = default;
        if (!Guid.TryParseExact(text, "D", out var guid))
            return false;
        Span<byte> bytes = stackalloc byte[16];
        guid.TryWriteBytes(bytes, bigEndian: true, out _);
        id = new MessageId(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes));
        return Storage.MessageLocation.IsWellFormed(id);
    }

    public Guid ToGuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(bytes, bits);
        return new Guid(bytes, bigEndian: true);
    }

    public override string ToString() => ToGuid().ToString("D", CultureInfo.InvariantCulture);
}

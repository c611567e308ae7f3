using System.Buffers.Binary;
using FuncQueue.Engine.Decisions;

namespace FuncQueue.Engine.Storage;

/// <summary>
/// The two small columns of a row, versioned and of fixed width: <c>State</c>, rewritten by every change, and <c>Index</c>,
/// written once. Little-endian; instants as UTC ticks.
/// </summary>
internal static class RowCodec
{
    /// <summary>The first byte of each column.</summary>
    public const byte Version = 1;

    /// <summary>The first byte of <c>State</c> since it says when a message was delivered for the first time.</summary>
    public const byte StateVersion = 2;

    private const int FirstStateWidth = 1 + 8 + 4 + 8;
    private const int StateWidth = FirstStateWidth + 8;
    private const int IndexHeader = 1 + 8;
    private const int IndexWidth = 8 + 8 + 4 + 8 + 1 + 16;

    public static byte[] EncodeState(ReadOnlySpan<MessageState> messages)
    {
        var bytes = new byte[1 + messages.Length * StateWidth];
        bytes[0] = StateVersion;
        var at = bytes.AsSpan(1);
        foreach (var message in messages)
        {
            at[0] = (byte)message.Status;
            BinaryPrimitives.WriteInt64LittleEndian(at[1..], message.VisibleAt.UtcTicks);
            BinaryPrimitives.WriteInt32LittleEndian(at[9..], message.DeliveryCount);
            BinaryPrimitives.WriteUInt64LittleEndian(at[13..], message.LeaseId.Value);
            BinaryPrimitives.WriteInt64LittleEndian(at[21..], message.FirstDeliveredAt?.UtcTicks ?? 0);
            at = at[StateWidth..];
        }

        return bytes;
    }

    public static MessageState[] DecodeState(ReadOnlySpan<byte> bytes)
    {
        // Rows of the first version are read as they are, and written in this one with their next change.
        var first = !bytes.IsEmpty && bytes[0] == Version;
        if (!first)
            RequireVersion(bytes, "State", StateVersion);
        var width = first ? FirstStateWidth : StateWidth;
        if ((bytes.Length - 1) % width != 0)
            throw new UnsupportedFormatException($"A State column has the impossible length {bytes.Length}.");
        var messages = new MessageState[(bytes.Length - 1) / width];
        var at = bytes[1..];
        for (var i = 0; i < messages.Length; i++, at = at[width..])
        {
            if (at[0] > (byte)SlotStatus.Moving)
                throw new UnsupportedFormatException($"A State column has the unknown status {at[0]}.");
            messages[i] = new MessageState(
                (SlotStatus)at[0],
                Instant(BinaryPrimitives.ReadInt64LittleEndian(at[1..])),
                BinaryPrimitives.ReadInt32LittleEndian(at[9..]),
                new LeaseId(BinaryPrimitives.ReadUInt64LittleEndian(at[13..]))
            )
            {
                FirstDeliveredAt =
                    first || BinaryPrimitives.ReadInt64LittleEndian(at[21..]) is not (not 0 and var ticks) ? null : Instant(ticks),
            };
        }

        return messages;
    }

    public static byte[] EncodeIndex(RowIndex index)
    {
        var bytes = new byte[IndexHeader + index.Messages.Length * IndexWidth];
        bytes[0] = Version;
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(1), index.EnqueuedAt.UtcTicks);
        var at = bytes.AsSpan(IndexHeader);
        foreach (var message in index.Messages)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(at, message.GroupHash);
            BinaryPrimitives.WriteInt64LittleEndian(at[8..], message.ExpiresAt?.UtcTicks ?? 0);
            BinaryPrimitives.WriteInt32LittleEndian(at[16..], message.EncodedLength);
            BinaryPrimitives.WriteInt64LittleEndian(at[20..], message.BodyLength);
            at[28] = message.Payload.HasValue ? (byte)1 : (byte)0;
            message.Payload.GetValueOrDefault().TryWriteBytes(at[29..]);
            at = at[IndexWidth..];
        }

        return bytes;
    }

    public static RowIndex DecodeIndex(ReadOnlySpan<byte> bytes)
    {
        RequireVersion(bytes, "Index", Version);
        if (bytes.Length < IndexHeader || (bytes.Length - IndexHeader) % IndexWidth != 0)
            throw new UnsupportedFormatException($"An Index column has the impossible length {bytes.Length}.");
        var enqueuedAt = Instant(BinaryPrimitives.ReadInt64LittleEndian(bytes[1..]));
        var messages = new MessageIndex[(bytes.Length - IndexHeader) / IndexWidth];
        var at = bytes[IndexHeader..];
        for (var i = 0; i < messages.Length; i++, at = at[IndexWidth..])
        {
            var expiresAt = BinaryPrimitives.ReadInt64LittleEndian(at[8..]);
            if (BinaryPrimitives.ReadInt32LittleEndian(at[16..]) < 0 || BinaryPrimitives.ReadInt64LittleEndian(at[20..]) < 0)
                throw new UnsupportedFormatException("An Index column has a negative length.");
            messages[i] = new MessageIndex(
                BinaryPrimitives.ReadUInt64LittleEndian(at),
                expiresAt == 0 ? null : Instant(expiresAt),
                BinaryPrimitives.ReadInt32LittleEndian(at[16..]),
                BinaryPrimitives.ReadInt64LittleEndian(at[20..]),
                at[28] == 0 ? null : new Guid(at.Slice(29, 16))
            );
        }

        return new RowIndex(enqueuedAt, messages);
    }

    /// <summary>An instant of UTC ticks, as stored; <see cref="UnsupportedFormatException"/> for what is none.</summary>
    public static DateTimeOffset Instant(long ticks)
    {
        if (ticks < 0 || ticks > DateTimeOffset.MaxValue.UtcTicks)
            throw new UnsupportedFormatException($"A row has the impossible instant {ticks}.");
        return new DateTimeOffset(ticks, TimeSpan.Zero);
    }

    private static void RequireVersion(ReadOnlySpan<byte> bytes, string column, byte version)
    {
        if (bytes.IsEmpty || bytes[0] != version)
            throw new UnsupportedFormatException(
                $"A {column} column has format version {(bytes.IsEmpty ? "none" : bytes[0])}; this version of FuncQueue reads {version}."
            );
    }
}

/// <summary>The immutable facts of a row's messages.</summary>
internal sealed record RowIndex(DateTimeOffset EnqueuedAt, MessageIndex[] Messages);

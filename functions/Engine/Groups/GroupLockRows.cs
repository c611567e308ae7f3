using System.Buffers.Binary;
using System.Globalization;
using Azure.Data.Tables;
using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Groups;

/// <summary>
/// <c>l{group hash}</c>: the lock of a group. They stand right before the messages, so that one query reads locks and messages, the
/// locks first.
/// </summary>
internal static class GroupLockRows
{
    public const string Leases = "Leases";

    private const byte Version = 1;
    private const int LeaseWidth = 8 + 8 + 1;

    public static string RowKey(ulong group) => string.Create(CultureInfo.InvariantCulture, $"l{group:x16}");

    public static bool IsLock(string rowKey) => rowKey.Length == 17 && rowKey[0] == 'l';

    /// <summary>The operation that writes what a flight made of a lock.</summary>
    public static TableTransactionAction Write(int shard, LockEdit edit)
    {
        if (edit.IsOver)
            return new TableTransactionAction(
                TableTransactionActionType.Delete,
                new TableEntity(RowKeys.Partition(shard), RowKey(edit.Group)),
                edit.Before!.ETag
            );
        var entity = new TableEntity(RowKeys.Partition(shard), RowKey(edit.Group)) { [Leases] = Encode(edit.Leases) };
        return edit.Before is { } before
            ? new TableTransactionAction(TableTransactionActionType.UpdateReplace, entity, before.ETag)
            : new TableTransactionAction(TableTransactionActionType.Add, entity);
    }

    /// <summary>The group that a lock's row key names.</summary>
    public static ulong GroupOf(string rowKey) =>
        ulong.TryParse(rowKey.AsSpan(1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var group)
            ? group
            : throw new UnsupportedFormatException($"The row key {rowKey} is none of a lock.");

    /// <summary>The lock; <see cref="UnsupportedFormatException"/> when this version cannot read it.</summary>
    public static GroupLock Read(TableEntity entity) =>
        new(GroupOf(entity.RowKey), Decode(entity.Column<byte[]>(Leases)), entity.StoredETag());

    public static byte[] Encode(IReadOnlyList<LockedLease> leases)
    {
        var bytes = new byte[1 + leases.Count * LeaseWidth];
        bytes[0] = Version;
        var at = bytes.AsSpan(1);
        foreach (var lease in leases)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(at, lease.Lease.Value);
            BinaryPrimitives.WriteInt64LittleEndian(at[8..], lease.Until.UtcTicks);
            at[16] = lease.Extended ? (byte)1 : (byte)0;
            at = at[LeaseWidth..];
        }

        return bytes;
    }

    public static IReadOnlyList<LockedLease> Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty || bytes[0] != Version || (bytes.Length - 1) % LeaseWidth != 0)
            throw new UnsupportedFormatException("A group's lock has a format that this version of FuncQueue does not read.");
        var leases = new LockedLease[(bytes.Length - 1) / LeaseWidth];
        var at = bytes[1..];
        for (var i = 0; i < leases.Length; i++, at = at[LeaseWidth..])
        {
            leases[i] = new LockedLease(
                new LeaseId(BinaryPrimitives.ReadUInt64LittleEndian(at)),
                RowCodec.Instant(BinaryPrimitives.ReadInt64LittleEndian(at[8..])),
                at[16] != 0
            );
        }

        return leases;
    }
}

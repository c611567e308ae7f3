using Azure.Data.Tables;
using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Groups;
using FuncQueue.Engine.Transfers;

namespace FuncQueue.Engine.Storage;

/// <summary>Rows as table entities: the only place that knows the columns.</summary>
internal static class RowEntity
{
    private const string State = "State";
    private const string Index = "Index";
    private const string TransferColumn = "Transfer";

    // For people who look at the table; nothing decides by them what becomes of a message.
    private const string Open = "Open";
    private const string NextVisibleAt = "NextVisibleAt";

    /// <summary>From when on a row has been there long enough to tell a change of it from its insert.</summary>
    private static readonly TimeSpan Insert = TimeSpan.FromSeconds(1);

    /// <summary>What to select to leave the bodies out.</summary>
    public static readonly string[] SmallColumns = ["RowKey", State, Index, TransferColumn];

    /// <summary>As <see cref="SmallColumns"/>, with those of a FIFO shard's head and locks.</summary>
    public static readonly string[] FifoColumns = [.. SmallColumns, SequenceHead.Column, GroupLockRows.Leases];

    /// <summary>What to select for <see cref="IsInUse"/>.</summary>
    public static readonly string[] UseColumns = ["RowKey", NextVisibleAt];

    public static TableEntity ForInsert(BatchRow row)
    {
        var entity = ForMerge(row.Shard, row.Key, row.State);
        entity[Index] = RowCodec.EncodeIndex(row.Index);
        RowData.Write(entity, row.Data!.Value);
        return entity;
    }

    public static TableEntity ForMerge(int shard, string key, MessageState[] state)
    {
        var open = 0;
        var next = DateTimeOffset.MaxValue;
        foreach (var message in state)
        {
            if (message.Status == SlotStatus.Done)
                continue;
            open++;
            if (message.VisibleAt < next)
                next = message.VisibleAt;
        }

        return new TableEntity(RowKeys.Partition(shard), key)
        {
            [State] = RowCodec.EncodeState(state),
            [Open] = open,
            [NextVisibleAt] = next,
        };
    }

    /// <summary>A change of state that says where the message goes.</summary>
    public static TableEntity ForMove(BatchRow row, MessageState[] state, Transfer transfer)
    {
        var entity = ForMerge(row.Shard, row.Key, state);
        entity[TransferColumn] = transfer.Encode();
        return entity;
    }

    /// <summary>
    /// Whether some process seems to be at work on a row: all messages in it are held, or it was changed lately. By little, for which few
    /// bytes are read.
    /// </summary>
    public static bool IsInUse(TableEntity entity, DateTimeOffset now, TimeSpan lately)
    {
        if (entity.TryGetValue(NextVisibleAt, out var next) && next is DateTimeOffset at && at > now)
            return true;
        return ETagTime.TicksOf(entity.StoredETag()) is { } ticks
            && new DateTimeOffset(ticks, TimeSpan.Zero) is var changed
            && now - changed < lately
            && BatchRow.TryParseKey(entity.RowKey, out var birth, out _)
            && changed - RowKeys.FromMicros(birth.TimeMicros) > Insert;
    }

    /// <summary>The row; <see cref="UnsupportedFormatException"/> when it is none that this version can read.</summary>
    public static BatchRow Read(int shard, TableEntity entity, bool withData)
    {
        var key = entity.RowKey;
        if (!BatchRow.TryParseKey(key, out var birth, out var firstIndex))
            throw new UnsupportedFormatException($"The row key {key} is not one that this version of FuncQueue writes.");
        var state = RowCodec.DecodeState(entity.Column<byte[]>(State));
        var index = RowCodec.DecodeIndex(entity.Column<byte[]>(Index));
        if (state.Length != index.Messages.Length)
            throw new UnsupportedFormatException($"The row {key} has {state.Length} states for {index.Messages.Length} messages.");
        var data = withData ? RowData.Read(entity) : default(ReadOnlyMemory<byte>?);
        if (data is { } bytes)
            RequireWhole(key, index, bytes);
        return new BatchRow
        {
            Shard = shard,
            Key = key,
            Birth = birth,
            FirstIndex = firstIndex,
            ETag = entity.StoredETag(),
            State = state,
            Index = index,
            Transfer = Transfer.Decode(entity.Column<string>(TransferColumn)),
            Data = data,
        };
    }

    /// <summary>Whoever is handed a message of the row must be able to rely on it: after the lease there is no way back.</summary>
    private static void RequireWhole(string key, RowIndex index, ReadOnlyMemory<byte> data)
    {
        if (index.Messages.Sum(m => (long)m.EncodedLength) != data.Length)
            throw new UnsupportedFormatException($"The row {key} has {data.Length} bytes of messages, which is not what its index says.");
        foreach (var message in index.Messages)
        {
            var body = MessageCodec.RequireWhole(data[..message.EncodedLength]);
            if (message.Payload is null && message.BodyLength != body)
                throw new UnsupportedFormatException(
                    $"The row {key} has a body of {body} bytes, of which its index says {message.BodyLength}."
                );
            data = data[message.EncodedLength..];
        }
    }
}

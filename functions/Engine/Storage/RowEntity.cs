using System.Globalization;
using Azure;
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

    // For people who look at the table; nothing reads them.
    private const string Open = "Open";
    private const string NextVisibleAt = "NextVisibleAt";

    /// <summary>64 KiB a property (Table Storage); a row's data is spread over as many as it takes.</summary>
    private const int ChunkBytes = 64 * 1024;

    /// <summary>What to select to leave the bodies out.</summary>
    public static readonly string[] SmallColumns = ["RowKey", State, Index, TransferColumn];

    /// <summary>As <see cref="SmallColumns"/>, with those of a FIFO shard's head and locks.</summary>
    public static readonly string[] FifoColumns = [.. SmallColumns, SequenceHead.Column, GroupLockRows.Leases];

    private static readonly string[] ChunkNames = [.. Enumerable.Range(0, 16).Select(i => "B" + i.ToString(CultureInfo.InvariantCulture))];

    public static TableEntity ForInsert(BatchRow row)
    {
        var entity = ForMerge(row.Shard, row.Key, row.State);
        entity[Index] = RowCodec.EncodeIndex(row.Index);
        var data = row.Data!.Value;
        for (var i = 0; i * ChunkBytes < data.Length; i++)
            entity[ChunkNames[i]] = data.Slice(i * ChunkBytes, Math.Min(ChunkBytes, data.Length - i * ChunkBytes)).ToArray();
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
        var data = withData ? ReadData(entity) : default(ReadOnlyMemory<byte>?);
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
                throw new UnsupportedFormatException($"The row {key} has a body of {body} bytes, of which its index says {message.BodyLength}.");
            data = data[message.EncodedLength..];
        }
    }

    private static ReadOnlyMemory<byte> ReadData(TableEntity entity)
    {
        var chunks = new List<byte[]>();
        foreach (var name in ChunkNames)
        {
            if (entity.Column<byte[]>(name) is not { } chunk)
                break;
            chunks.Add(chunk);
        }

        if (chunks.Count == 1)
            return chunks[0];
        var all = new byte[chunks.Sum(c => c.Length)];
        var at = 0;
        foreach (var chunk in chunks)
        {
            chunk.CopyTo(all, at);
            at += chunk.Length;
        }

        return all;
    }
}

using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Azure.Data.Tables;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Topics.Log;

/// <summary><c>i{producer}</c> in a partition of a topic: how far the producer has counted. Written with what it stores.</summary>
internal static class ProducerRows
{
    /// <summary>All rows of producers.</summary>
    public static readonly KeyRange All = new("i", "j");

    private const int Format = 1;
    private const string FormatColumn = "Format";
    private const string ProducerColumn = "Producer";
    private const string EpochColumn = "Epoch";
    private const string LastColumn = "Last";
    private const string RunsColumn = "Runs";

    public static string KeyOf(string producer) =>
        "i" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(producer)).AsSpan(0, 20));

    /// <summary>The operation that puts this in the place of what was read.</summary>
    public static TableTransactionAction Write(int partition, ProducerState state)
    {
        var entity = new TableEntity(RowKeys.Partition(partition), KeyOf(state.Id))
        {
            [FormatColumn] = Format,
            [ProducerColumn] = state.Id,
            [EpochColumn] = state.Epoch,
            [LastColumn] = state.Last,
            [RunsColumn] = Encode(state.Runs),
        };
        return state.ETag == default
            ? new TableTransactionAction(TableTransactionActionType.Add, entity)
            : new TableTransactionAction(TableTransactionActionType.UpdateReplace, entity, state.ETag);
    }

    /// <summary>The row; <see cref="UnsupportedFormatException"/> for one that this version cannot read.</summary>
    public static ProducerState Read(TableEntity entity)
    {
        if (
            entity.GetInt32(FormatColumn) is not Format
            || entity.GetString(ProducerColumn) is not { } id
            || entity.GetInt64(EpochColumn) is not { } epoch
            || entity.GetInt64(LastColumn) is not { } last
            || entity.Column<byte[]>(RunsColumn) is not { } runs
        )
            throw new UnsupportedFormatException($"The row {entity.RowKey} does not say how far its producer has counted.");
        return new ProducerState(id, epoch, last, Decode(runs), entity.StoredETag());
    }

    private static byte[] Encode(IReadOnlyList<ProducerRun> runs)
    {
        var bytes = new ArrayBufferWriter<byte>();
        var (sequence, offset) = (0L, 0L);
        foreach (var run in runs)
        {
            ByteFields.WriteNumber(bytes, (ulong)(run.Sequence - sequence));
            ByteFields.WriteNumber(bytes, (ulong)(run.Offset - offset));
            ByteFields.WriteNumber(bytes, (ulong)run.Count);
            ByteFields.WriteNumber(bytes, (ulong)run.PublishedAt.ToUnixTimeMilliseconds());
            (sequence, offset) = (run.Next, run.Offset + run.Count);
        }

        return bytes.WrittenSpan.ToArray();
    }

    private static List<ProducerRun> Decode(ReadOnlyMemory<byte> bytes)
    {
        var runs = new List<ProducerRun>();
        var (sequence, offset) = (0L, 0L);
        while (!bytes.IsEmpty)
        {
            sequence += (long)ByteFields.ReadNumber(ref bytes);
            offset += (long)ByteFields.ReadNumber(ref bytes);
            var count = (long)ByteFields.ReadNumber(ref bytes);
            var at = DateTimeOffset.FromUnixTimeMilliseconds((long)ByteFields.ReadNumber(ref bytes));
            runs.Add(new ProducerRun(sequence, offset, count, at));
            (sequence, offset) = (sequence + count, offset + count);
        }

        return runs;
    }
}

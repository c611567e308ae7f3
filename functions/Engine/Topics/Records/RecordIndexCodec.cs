using System.Buffers;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Topics.Records;

/// <summary>The column <c>Index</c> of a row of records: versioned, written once.</summary>
internal static class RecordIndexCodec
{
    /// <summary>The first byte.</summary>
    public const byte Version = 1;

    /// <summary>More than any row has; a number beyond is a sign of damage.</summary>
    private const int Most = 1_000_000;

    private const int GuidBytes = 16;

    public static byte[] Encode(RecordIndex index)
    {
        var writer = new ArrayBufferWriter<byte>(64 + index.Records.Length * 8);
        writer.Write([Version]);
        Number(index.First);
        Number(index.Last - index.First);
        Number(index.Runs.Count);
        foreach (var run in index.Runs)
        {
            Number(run.First - index.First);
            Number(run.PublishedAt.UtcTicks);
            writer.Write(run.Append.ToByteArray());
            Number(run.RoutedBy);
            Number(run.Sets.Count);
            foreach (var set in run.Sets)
                Write(writer, set);
        }

        Number(index.Records.Length);
        var before = index.First - 1;
        foreach (var record in index.Records)
        {
            Number(record.Offset - before);
            before = record.Offset;
            Number(record.EncodedLength);
            Number(((long)record.Set << 1) | (record.Payload is null ? 0L : 1L));
            Number(record.BodyLength);
            if (record.Payload is { } payload)
                writer.Write(payload.ToByteArray());
        }

        return writer.WrittenSpan.ToArray();

        void Number(long number) => ByteFields.WriteNumber(writer, (ulong)number);
    }

    /// <summary>The index; <see cref="UnsupportedFormatException"/> for one that this version cannot read.</summary>
    public static RecordIndex Decode(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.IsEmpty || bytes.Span[0] != Version)
            throw new UnsupportedFormatException(
                $"An Index column of records has format version {(bytes.IsEmpty ? "none" : bytes.Span[0])}; "
                    + $"this version of FuncQueue reads {Version}."
            );
        bytes = bytes[1..];
        var first = Offset(ref bytes);
        var last = checked(first + ByteFields.ReadNumber(ref bytes, int.MaxValue));
        var runs = new List<RecordRun>();
        for (var left = ByteFields.ReadNumber(ref bytes, Most); left > 0; left--)
            runs.Add(ReadRun(ref bytes, first));
        if (runs.Count == 0 || runs[0].First != first)
            throw new UnsupportedFormatException("An Index column of records says nothing of its first one.");
        var records = new List<RecordEntry>();
        var (before, run) = (first - 1, 0);
        for (var left = ByteFields.ReadNumber(ref bytes, Most); left > 0; left--)
        {
            var offset = before + ByteFields.ReadNumber(ref bytes, int.MaxValue);
            while (run + 1 < runs.Count && runs[run + 1].First <= offset)
                run++;
            var record = ReadEntry(ref bytes, offset);
            if (offset <= before || offset > last || record.Set >= runs[run].Sets.Count)
                throw new UnsupportedFormatException("An Index column of records contradicts itself.");
            records.Add(record);
            before = offset;
        }

        return new RecordIndex(first, last, runs, [.. records]);
    }

    private static RecordRun ReadRun(ref ReadOnlyMemory<byte> bytes, long first)
    {
        var begins = first + ByteFields.ReadNumber(ref bytes, int.MaxValue);
        var at = RowCodec.Instant((long)(ByteFields.ReadNumber(ref bytes) & long.MaxValue));
        var append = ReadGuid(ref bytes);
        var routedBy = Offset(ref bytes);
        var sets = new List<SubscriptionSet>();
        for (var left = ByteFields.ReadNumber(ref bytes, Most); left > 0; left--)
            sets.Add(ReadSet(ref bytes));
        return new RecordRun(begins, at, append, routedBy, sets);
    }

    private static RecordEntry ReadEntry(ref ReadOnlyMemory<byte> bytes, long offset)
    {
        var length = ByteFields.ReadNumber(ref bytes, int.MaxValue);
        var set = ByteFields.ReadNumber(ref bytes, 2 * Most);
        var body = Offset(ref bytes);
        return new RecordEntry(offset, length, body, (set & 1) == 0 ? null : ReadGuid(ref bytes), set >> 1);
    }

    /// <summary>As a list of steps, or, where the numbers lie close, as bits: whichever is shorter.</summary>
    private static void Write(ArrayBufferWriter<byte> writer, SubscriptionSet set)
    {
        var numbers = set.Numbers;
        var span = numbers.IsEmpty ? 0 : numbers[^1] - numbers[0] + 1;
        var asBits = numbers.Length > 8 && (span + 7) / 8 < numbers.Length;
        ByteFields.WriteNumber(writer, ((ulong)numbers.Length << 1) | (asBits ? 1UL : 0));
        if (asBits)
        {
            var bits = new byte[(span + 7) / 8];
            foreach (var number in numbers)
                bits[(number - numbers[0]) >> 3] |= (byte)(1 << ((number - numbers[0]) & 7));
            ByteFields.WriteNumber(writer, (ulong)numbers[0]);
            ByteFields.WriteNumber(writer, (ulong)bits.Length);
            writer.Write(bits);
            return;
        }

        var before = -1;
        foreach (var number in numbers)
        {
            ByteFields.WriteNumber(writer, (ulong)(number - before));
            before = number;
        }
    }

    private static SubscriptionSet ReadSet(ref ReadOnlyMemory<byte> bytes)
    {
        var header = ByteFields.ReadNumber(ref bytes, 2 * Most);
        var numbers = new int[Math.Min(header >> 1, bytes.Length * 8)];
        if (numbers.Length < header >> 1)
            throw ByteFields.CutShort();
        var count = 0;
        if ((header & 1) != 0)
        {
            var first = ByteFields.ReadNumber(ref bytes, int.MaxValue / 2);
            var bits = ByteFields.ReadValue(ref bytes).Span;
            for (var i = 0; i < bits.Length * 8 && count < numbers.Length; i++)
            {
                if ((bits[i >> 3] & (1 << (i & 7))) != 0)
                    numbers[count++] = first + i;
            }
        }
        else
        {
            for (long before = -1; count < numbers.Length; count++)
            {
                before += ByteFields.ReadNumber(ref bytes, int.MaxValue);
                numbers[count] = (int)Math.Min(before, int.MaxValue);
            }
        }

        for (var i = 1; i < numbers.Length; i++)
        {
            if (numbers[i] <= numbers[i - 1])
                throw new UnsupportedFormatException("An Index column of records has a set whose numbers do not rise.");
        }

        return SubscriptionSet.OfSorted(numbers);
    }

    private static long Offset(ref ReadOnlyMemory<byte> bytes) =>
        ByteFields.ReadNumber(ref bytes) is var number && number < long.MaxValue / 2
            ? (long)number
            : throw new UnsupportedFormatException($"An Index column of records has the impossible number {number}.");

    private static Guid ReadGuid(ref ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length < GuidBytes)
            throw ByteFields.CutShort();
        var guid = new Guid(bytes.Span[..GuidBytes]);
        bytes = bytes[GuidBytes..];
        return guid;
    }
}

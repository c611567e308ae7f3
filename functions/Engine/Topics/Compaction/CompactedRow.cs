using FuncQueue.Engine.Topics.Records;

namespace FuncQueue.Engine.Topics.Compaction;

/// <summary>A row with some of its records gone. Pure.</summary>
/// <param name="Row">What is left; it covers the same offsets, and those of rows before it that are gone.</param>
/// <param name="Payloads">What nothing refers to any more.</param>
internal sealed record CompactedRow(RecordRow Row, IReadOnlyList<Guid> Payloads)
{
    /// <summary>The row without the records that are not to be kept.</summary>
    /// <param name="row">With its data.</param>
    /// <param name="first">The first offset that it is to cover.</param>
    /// <param name="keeps">Whether a record stays.</param>
    public static CompactedRow Of(RecordRow row, long first, Func<RecordEntry, RecordContent, bool> keeps)
    {
        var (entries, kept, payloads, bytes) = (new List<RecordEntry>(), new List<ReadOnlyMemory<byte>>(), new List<Guid>(), 0);
        foreach (var (entry, encoded) in row.ReadFrom(0))
        {
            if (!keeps(entry, RecordCodec.Decode(encoded)))
            {
                if (entry.Payload is { } payload)
                    payloads.Add(payload);
                continue;
            }

            entries.Add(entry);
            kept.Add(encoded);
            bytes += encoded.Length;
        }

        var data = new byte[bytes];
        var at = 0;
        foreach (var record in kept)
        {
            record.CopyTo(data.AsMemory(at));
            at += record.Length;
        }

        var runs = row.Index.Runs.ToArray();
        runs[0] = runs[0] with { First = first };
        return new CompactedRow(row with { Index = new RecordIndex(first, row.Last, runs, [.. entries]), Data = data }, payloads);
    }
}

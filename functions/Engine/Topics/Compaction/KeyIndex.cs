using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using FuncQueue.Engine.Topics.Reading;
using FuncQueue.Engine.Topics.Records;

namespace FuncQueue.Engine.Topics.Compaction;

/// <summary>
/// Where the newest record of each key lies in one partition, as this process has read it: what was read is not read again. Thread-safe.
/// </summary>
internal sealed class KeyIndex(PartitionReader reader) : IDisposable
{
    /// <summary>Most keys that are remembered; a partition with more is not compacted, and its keys are not found.</summary>
    public const int MaxKeys = 1_000_000;

    private const int RecordsAtOnce = 10_000;
    private const int BytesAtOnce = 4 * 1024 * 1024;

    private readonly SemaphoreSlim gate = new(1);
    private readonly Dictionary<UInt128, long> newest = [];
    private long next;

    /// <summary>Keys that are remembered.</summary>
    public int Count => newest.Count;

    /// <summary>Whether there are more keys than it remembers.</summary>
    public bool IsFull => newest.Count >= MaxKeys;

    /// <summary>Reads on to an offset; false: a row in front of it cannot be read by this version. Faults of storage are thrown.</summary>
    public async Task<bool> CatchUpAsync(long end, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            while (next < end && !IsFull)
            {
                var fetched = await reader.FetchAsync(next, RecordsAtOnce, BytesAtOnce, cancellationToken);
                foreach (var row in fetched.Rows)
                {
                    Learn(row);
                    next = Math.Max(next, row.Last + 1);
                }

                if (fetched.Rows.Count == 0)
                    return !fetched.IsStopped;
            }

            return true;
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>The offset of the newest record of a key, as far as it was read; null: there is none.</summary>
    public long? Find(string key) => newest.TryGetValue(HashOf(key), out var offset) ? offset : null;

    /// <summary>Whether a record is the newest of its key, or has none.</summary>
    public bool IsNewest(string? key, long offset) => key is null || Find(key) is not { } found || found <= offset;

    public void Dispose() => gate.Dispose();

    private void Learn(RecordRow row)
    {
        foreach (var (entry, encoded) in row.ReadFrom(row.Find(next)))
        {
            if (RecordCodec.Decode(encoded).Key is { } key)
                newest[HashOf(key)] = entry.Offset;
        }
    }

    /// <summary>128 bits of SHA-256: of two keys with one hash, one would lose its value.</summary>
    private static UInt128 HashOf(string key) => BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}

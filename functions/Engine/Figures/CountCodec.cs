using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Figures;

/// <summary>
/// The columns of figures: a byte that tells the version, then numbers of variable length; one that may be lacking is stored as one more,
/// and 0 says that it is.
/// </summary>
internal static class CountCodec
{
    public const byte Version = 1;

    /// <summary>More than are ever written: a length that is none must not ask for memory.</summary>
    private const int MaxInstants = 10_000;

    public static byte[] EncodeShards(IReadOnlyDictionary<int, PastCount> shards) =>
        Encode(writer =>
        {
            foreach (var (shard, past) in shards.OrderBy(s => s.Key))
            {
                var (count, counts) = (past.Count, past.Count.Counts);
                writer.Write7BitEncodedInt(shard);
                writer.Write7BitEncodedInt64(past.At.UtcTicks);
                writer.Write7BitEncodedInt64(counts.Ready);
                writer.Write7BitEncodedInt64(counts.Leased);
                writer.Write7BitEncodedInt64(counts.Scheduled);
                writer.Write7BitEncodedInt64(counts.DeadLettered);
                writer.Write7BitEncodedInt64(count.Oldest?.UtcTicks ?? 0);
                writer.Write(count.KnowsScheduled);
                writer.Write7BitEncodedInt(count.Later.Count);
                foreach (var later in count.Later)
                {
                    writer.Write7BitEncodedInt64(later.At.ToUnixTimeSeconds());
                    writer.Write7BitEncodedInt(later.Count);
                }
            }
        });

    public static Dictionary<int, PastCount> DecodeShards(byte[]? bytes)
    {
        var shards = new Dictionary<int, PastCount>();
        Decode(
            bytes,
            reader =>
            {
                var shard = reader.Read7BitEncodedInt();
                var at = RowCodec.Instant(reader.Read7BitEncodedInt64());
                var counts = new MessageCounts(
                    reader.Read7BitEncodedInt64(),
                    reader.Read7BitEncodedInt64(),
                    reader.Read7BitEncodedInt64(),
                    reader.Read7BitEncodedInt64()
                );
                var oldest = reader.Read7BitEncodedInt64();
                var knowsScheduled = reader.ReadBoolean();
                var instants = reader.Read7BitEncodedInt();
                if (instants is < 0 or > MaxInstants)
                    throw new UnsupportedFormatException($"Figures with {instants} instants of a shard.");
                var later = new DueLater[instants];
                for (var i = 0; i < later.Length; i++)
                    later[i] = new DueLater(DateTimeOffset.FromUnixTimeSeconds(reader.Read7BitEncodedInt64()), reader.Read7BitEncodedInt());
                shards[shard] = new PastCount(
                    new ShardCount(counts, oldest == 0 ? null : RowCodec.Instant(oldest))
                    {
                        KnowsScheduled = knowsScheduled,
                        Later = later,
                    },
                    at
                );
            }
        );
        return shards;
    }

    public static byte[] EncodeSamples(IReadOnlyList<QueueSample> samples) =>
        Encode(writer =>
        {
            foreach (var sample in samples)
            {
                writer.Write7BitEncodedInt64(sample.At.ToUnixTimeSeconds());
                writer.Write7BitEncodedInt64(sample.Ready);
                writer.Write7BitEncodedInt64(sample.Leased);
                writer.Write7BitEncodedInt64(sample.Scheduled + 1 ?? 0);
                writer.Write7BitEncodedInt64(sample.DeadLettered);
                writer.Write7BitEncodedInt64(sample.OldestMessageAge is { } age ? (long)age.TotalSeconds + 1 : 0);
                writer.Write7BitEncodedInt64(sample.Since.Enqueued);
                writer.Write7BitEncodedInt64(sample.Since.Acked);
                writer.Write7BitEncodedInt64(sample.Since.DeadLettered);
            }
        });

    public static List<QueueSample> DecodeSamples(byte[]? bytes)
    {
        var samples = new List<QueueSample>();
        Decode(
            bytes,
            reader =>
                samples.Add(
                    new QueueSample
                    {
                        At = DateTimeOffset.FromUnixTimeSeconds(reader.Read7BitEncodedInt64()),
                        Ready = reader.Read7BitEncodedInt64(),
                        Leased = reader.Read7BitEncodedInt64(),
                        Scheduled = reader.Read7BitEncodedInt64() is > 0 and var scheduled ? scheduled - 1 : null,
                        DeadLettered = reader.Read7BitEncodedInt64(),
                        OldestMessageAge = reader.Read7BitEncodedInt64() is > 0 and var age ? TimeSpan.FromSeconds(age - 1) : null,
                        Since = new QueueFlow(reader.Read7BitEncodedInt64(), reader.Read7BitEncodedInt64(), reader.Read7BitEncodedInt64()),
                    }
                )
        );
        return samples;
    }

    private static byte[] Encode(Action<BinaryWriter> write)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(Version);
        write(writer);
        writer.Flush();
        return bytes.ToArray();
    }

    private static void Decode(byte[]? bytes, Action<BinaryReader> readOne)
    {
        if (bytes is not [Version, ..])
            throw new UnsupportedFormatException($"Figures of another version than {Version}.");
        using var reader = new BinaryReader(new MemoryStream(bytes));
        reader.ReadByte();
        try
        {
            while (reader.BaseStream.Position < bytes.Length)
                readOne(reader);
        }
        catch (Exception exception) when (exception is EndOfStreamException or FormatException or ArgumentException or OverflowException)
        {
            throw new UnsupportedFormatException($"Figures that are cut or damaged: {exception.Message}");
        }
    }
}

using FuncQueue.Engine.Topics.Records;

namespace FuncQueue.Engine.Topics.Log;

/// <summary>Cuts appends into rows. Pure.</summary>
internal static class RecordRows
{
    /// <summary>Most bytes of records in a row, below Table Storage's 1 MiB an entity.</summary>
    public const int MaxBytes = 256 * 1024;

    public const int MaxRecords = 1024;

    /// <summary>Most payloads of a row: a transaction of 100 operations removes it and condemns them (Table Storage).</summary>
    private const int MaxPayloads = 64;

    /// <summary>Most bytes of the sets of a row: its index must fit a property of 64 KiB (Table Storage).</summary>
    private const int MaxSetBytes = 32 * 1024;

    /// <summary>Bytes of a subscription in a set, at most.</summary>
    private const int BytesOfNumber = 5;

    public static List<RecordRow> Compose(int partition, Placement placement, IRoutes routes, DateTimeOffset publishedAt, Guid append)
    {
        var rows = new List<RecordRow>();
        var row = new Draft(partition, routes, publishedAt, append);
        foreach (var (pending, first) in placement.Placed)
        {
            for (var i = 0; i < pending.Records.Count; i++)
            {
                if (!row.Takes(pending.Records[i]))
                {
                    rows.Add(row.ToRow());
                    row = new Draft(partition, routes, publishedAt, append);
                }

                row.Add(first + i, pending.Records[i]);
            }
        }

        rows.Add(row.ToRow());
        return rows;
    }

    /// <summary>A row that is being filled.</summary>
    private sealed class Draft(int partition, IRoutes routes, DateTimeOffset publishedAt, Guid append)
    {
        private readonly List<RecordEntry> entries = [];
        private readonly List<byte[]> encoded = [];
        private readonly List<SubscriptionSet> sets = [];
        private readonly Dictionary<SubscriptionSet, int> places = [];
        private int bytes;
        private int payloads;
        private int setBytes;

        public bool Takes(PendingRecord record)
        {
            if (entries.Count == 0)
                return true;
            var set = record.RoutedBy(routes);
            return entries.Count < MaxRecords
                && bytes + record.Encoded.Length <= MaxBytes
                && (record.Upload is null || payloads < MaxPayloads)
                && (places.ContainsKey(set) || setBytes + SizeOf(set) <= MaxSetBytes);
        }

        public void Add(long offset, PendingRecord record)
        {
            var set = record.RoutedBy(routes);
            if (!places.TryGetValue(set, out var place))
            {
                places.Add(set, place = sets.Count);
                sets.Add(set);
                setBytes += SizeOf(set);
            }

            entries.Add(new RecordEntry(offset, record.Encoded.Length, record.BodyLength, record.Upload?.Payload, place));
            encoded.Add(record.Encoded);
            bytes += record.Encoded.Length;
            payloads += record.Upload is null ? 0 : 1;
        }

        public RecordRow ToRow()
        {
            var data = new byte[bytes];
            var at = 0;
            foreach (var record in encoded)
            {
                record.CopyTo(data, at);
                at += record.Length;
            }

            var first = entries[0].Offset;
            return new RecordRow
            {
                Partition = partition,
                Index = new RecordIndex(
                    first,
                    entries[^1].Offset,
                    [new RecordRun(first, publishedAt, append, routes.Version, sets)],
                    [.. entries]
                ),
                Data = data,
            };
        }

        private static int SizeOf(SubscriptionSet set) => 1 + (set.Count * BytesOfNumber);
    }
}

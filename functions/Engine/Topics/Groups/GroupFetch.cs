using FuncQueue.Engine.Topics.Calls;

namespace FuncQueue.Engine.Topics.Groups;

/// <summary>Fetches what follows the positions of a member, a page over all of its partitions.</summary>
internal sealed class GroupFetch(TopicRuntime topic, GroupReadRequest request)
{
    private readonly List<Record> records = [];
    private readonly Dictionary<int, SkippedRecords> skipped = [];
    private Failure? failed;
    private long bytes;

    public IReadOnlyList<Record> Records => records;

    public IReadOnlyCollection<SkippedRecords> Skipped => skipped.Values;

    /// <summary>Where each partition goes on; moved by what is fetched.</summary>
    public Dictionary<int, long> Positions { get; private set; } = [];

    private bool IsFull => records.Count >= request.MaxRecords || (records.Count > 0 && bytes >= request.MaxBytes);

    /// <summary>Fetches; why nothing could be, or null.</summary>
    /// <param name="positions">By partition.</param>
    /// <param name="turn">Which partition comes first.</param>
    /// <param name="waits">Whether the member waits for more, so that the ends of partitions are looked at anyway, for all who do.</param>
    /// <param name="cancellationToken">Of the call.</param>
    public async Task<Failure?> RunAsync(
        IReadOnlyDictionary<int, long> positions,
        int turn,
        bool waits,
        CancellationToken cancellationToken
    )
    {
        Positions = new Dictionary<int, long>(positions);
        (failed, bytes) = (null, 0);
        records.Clear();
        skipped.Clear();
        var order = positions.Keys.Order().ToList();
        order = [.. order.Skip(turn % Math.Max(1, order.Count)), .. order.Take(turn % Math.Max(1, order.Count))];
        var atEnd = new List<int>();
        foreach (var partition in order)
        {
            if (IsFull)
                return null;
            if (topic.Partitions[partition].Reader.KnownNext > positions[partition])
                await ReadAsync(partition, cancellationToken);
            else
                atEnd.Add(partition);
        }

        foreach (var partition in atEnd)
        {
            if (IsFull)
                return null;
            var reader = topic.Partitions[partition].Reader;
            if (waits && reader.KnowsEnd)
                continue;
            // With something to hand out, a look at where others append once a second is enough.
            if (records.Count == 0 || await reader.NextAsync(cancellationToken) > Positions[partition])
                await ReadAsync(partition, cancellationToken);
        }

        return records.Count == 0 && skipped.Count == 0 ? failed : null;
    }

    private async Task ReadAsync(int partition, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var read = new ReadRequest
            {
                Partition = partition,
                From = new ReadFrom.Offset(Positions[partition]),
                MaxRecords = request.MaxRecords - records.Count,
                MaxBytes = (int)Math.Max(1, request.MaxBytes - bytes),
                TellsEnd = false,
            };
            if ((await topic.Partitions[partition].Reading.ReadAsync(read, cancellationToken)).TryGetValue(out var page, out var failure))
            {
                var length = page.Records.Sum(r => (long)(r.Body?.Length ?? 0));
                // What does not fit any more comes next time.
                if (records.Count > 0 && bytes + length > request.MaxBytes)
                    return;
                records.AddRange(page.Records);
                bytes += length;
                Positions[partition] = page.NextOffset;
                return;
            }

            if (failure is not Failure.OffsetExpired(var first))
            {
                // Other partitions go on.
                failed = failure;
                return;
            }

            var from = skipped.TryGetValue(partition, out var before) ? before.From : Positions[partition];
            skipped[partition] = new SkippedRecords(partition, from, first);
            Positions[partition] = first;
        }
    }
}

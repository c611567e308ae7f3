using FuncQueue.Engine.Topics.Calls;

namespace FuncQueue.Engine.Topics.Groups;

/// <summary>Offsets of all partitions that something else than an offset tells.</summary>
internal sealed class GroupStarts(TopicRuntime topic)
{
    /// <summary>Where a group begins, by partition.</summary>
    public async Task<IReadOnlyList<long>> FindAsync(ReadFrom from, CancellationToken cancellationToken) =>
        await Task.WhenAll(topic.Partitions.Select(p => FindAsync(p, from, cancellationToken)));

    private static async Task<long> FindAsync(TopicPartition partition, ReadFrom from, CancellationToken cancellationToken)
    {
        switch (from)
        {
            case ReadFrom.Instant(var instant):
                return await partition.Reader.SeekAsync(instant, cancellationToken);
            case ReadFrom.Earliest:
                // What comes first by the rows, else the end: nothing is told to be skipped of what was never there for the group.
                var next = (await partition.Reader.ReadHeadAsync(cancellationToken)).Next;
                return await partition.Reader.PlacesAsync(0, cancellationToken) is [var first, ..] ? Math.Min(first.First, next) : next;
            default:
                return (await partition.Reader.ReadHeadAsync(cancellationToken)).Next;
        }
    }

    /// <summary>Where a seek leads: offsets by partition, of which those that are not named stay.</summary>
    public async Task<Outcome<IReadOnlyDictionary<int, long>>> FindAsync(SubscriptionStart to, CancellationToken cancellationToken)
    {
        if (to is SubscriptionStart.Offsets(var offsets))
            return await CheckAsync(offsets, cancellationToken);
        var places = await FindAsync(
            to switch
            {
                SubscriptionStart.Instant(var instant) => new ReadFrom.Instant(instant),
                SubscriptionStart.Earliest => new ReadFrom.Earliest(),
                _ => new ReadFrom.Latest(),
            },
            cancellationToken
        );
        return places.Index().ToDictionary(p => p.Index, p => p.Item);
    }

    private async Task<Outcome<IReadOnlyDictionary<int, long>>> CheckAsync(
        IReadOnlyDictionary<int, long> offsets,
        CancellationToken cancellationToken
    )
    {
        var faults = new List<Fault>();
        foreach (var (partition, offset) in offsets)
        {
            var at = $"to.offsets.{partition}";
            if (partition < 0 || partition >= topic.Partitions.Count)
                faults.Add(new Fault(at, $"There are partitions 0 to {topic.Partitions.Count - 1}."));
            else if (
                await topic.Partitions[partition].Reader.ReadHeadAsync(cancellationToken) is { Next: var next }
                && (offset < 0 || offset > next)
            )
                faults.Add(new Fault(at, $"Must be 0 to {next}, where the partition ends."));
        }

        if (offsets.Count == 0)
            faults.Add(new Fault("to.offsets", "Names no partition."));
        return faults.Count > 0 ? new Failure.Invalid(faults) : new Dictionary<int, long>(offsets);
    }
}

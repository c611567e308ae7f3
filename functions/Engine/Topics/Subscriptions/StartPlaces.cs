namespace FuncQueue.Engine.Topics.Subscriptions;

/// <summary>Where a subscription begins in each partition.</summary>
/// <param name="Positions">By partition.</param>
/// <param name="Judge">Records routed by an older version of the subscriptions are judged by the present filters.</param>
internal sealed record StartPlaces(long[] Positions, long Judge)
{
    /// <summary>Judges everything that was routed before the subscription became active.</summary>
    public const long JudgeAllBefore = long.MaxValue;

    public static async Task<Outcome<StartPlaces>> FindAsync(
        SubscribedTopic topic,
        SubscriptionStart from,
        CancellationToken cancellationToken
    )
    {
        var next = await topic.Partitions.ReadNextAsync(cancellationToken);
        switch (from)
        {
            case SubscriptionStart.Now:
                return new StartPlaces(next, 0);
            case SubscriptionStart.Earliest:
                return new StartPlaces(await AllAsync(p => topic.Partitions.ReadFloorAsync(p, cancellationToken)), JudgeAllBefore);
            case SubscriptionStart.Instant(var instant):
                return new StartPlaces(await AllAsync(p => topic.Partitions.FindAsync(p, instant, cancellationToken)), JudgeAllBefore);
            case SubscriptionStart.Offsets(var offsets):
                return Of(offsets, next);
            default:
                throw new InvalidOperationException("An unknown place to begin at.");
        }

        Task<long[]> AllAsync(Func<int, Task<long>> find) => Task.WhenAll(next.Select((_, p) => find(p)));
    }

    private static Outcome<StartPlaces> Of(IReadOnlyDictionary<int, long> offsets, long[] next)
    {
        var faults = new List<Fault>();
        foreach (var (partition, offset) in offsets)
        {
            var at = $"from.offsets.{partition}";
            if (partition < 0 || partition >= next.Length)
                faults.Add(new Fault(at, $"There are partitions 0 to {next.Length - 1}."));
            else if (offset < 0 || offset > next[partition])
                faults.Add(new Fault(at, $"Must be 0 to {next[partition]}, where the partition ends."));
        }

        if (faults.Count > 0)
            return new Failure.Invalid(faults);
        return new StartPlaces([.. next.Select((end, p) => offsets.GetValueOrDefault(p, end))], JudgeAllBefore);
    }
}

namespace FuncQueue.Engine.Queues;

/// <summary>What has come of the scans of a queue so far.</summary>
/// <param name="EndedAt">Timestamp of the end of the last one; null: there has been none.</param>
/// <param name="Interval">Between the last one and the next, if nothing else happens.</param>
/// <param name="NextDue">When the next message is due that could not be handed out yet.</param>
/// <param name="LastEmpty">When the last whole scan began that found nothing, in the order of <see cref="Shards.CachedRow.Stamp"/>.</param>
/// <param name="SawNothing">Whether the very last one was such.</param>
/// <param name="Failures">How many have failed in a row for a reason that nobody foresaw.</param>
internal sealed record ScanHistory(long? EndedAt, TimeSpan Interval, DateTimeOffset? NextDue, long LastEmpty, bool SawNothing, int Failures)
{
    public static readonly ScanHistory None = new(null, TimeSpan.Zero, null, 0, false, 0);

    public ScanHistory After(IReadOnlyCollection<ScanResult> results, long began, long ended)
    {
        var shards = results.Count;
        var found = results.Any(r => r.Found > 0);
        // What was found may go to others first: then only another scan can say that there is nothing.
        var nothing = results.All(r => r.Empty);
        var interval = found ? ScanSchedule.Shortest(shards) : Longer(shards);
        return new ScanHistory(ended, interval, results.Min(r => r.NextDue), nothing ? began : LastEmpty, nothing, Failures: 0);
    }

    /// <summary>Storage could not be read, as happens.</summary>
    public ScanHistory AfterFault(int shards, long ended) => this with { EndedAt = ended, Interval = Longer(shards), NextDue = null };

    /// <summary>Nothing could be found out, for a reason that nobody foresaw.</summary>
    public ScanHistory AfterFailure(int shards, long ended) =>
        AfterFault(shards, ended) with
        {
            SawNothing = false,
            Failures = Failures + 1,
        };

    private TimeSpan Longer(int shards)
    {
        var (shortest, longest) = (ScanSchedule.Shortest(shards), ScanSchedule.LongestOf(shards));
        return Interval * 2 is var next && next < shortest ? shortest
            : next > longest ? longest
            : next;
    }
}

namespace FuncQueue.Engine.Queues;

/// <summary>
/// When storage is scanned for the receivers of a queue. Pure. Nobody waits: no scan, but for one a second while somebody dequeues. Who
/// cannot wait: at once. Else at intervals that grow while nothing is found, and end when a message is due.
/// </summary>
internal static class ScanSchedule
{
    /// <summary>Even when all are served from memory: what others gave back or left must be found.</summary>
    public static readonly TimeSpan WhileServed = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan ShortestOfShard = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan LongestOfShard = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LeastWait = TimeSpan.FromMilliseconds(1);

    /// <summary>Longer with more shards, since a scan reads each: a process makes about 40 requests a second with any number.</summary>
    public static TimeSpan Shortest(int shards) => Min(LongestOfShard, ShortestOfShard * shards);

    /// <summary>The interval of a queue where nothing happens: about a request a second, up to eight shards.</summary>
    public static TimeSpan LongestOf(int shards) => Min(Longest, LongestOfShard * shards);

    /// <summary>How long nothing is scanned after so many scans in a row have failed for a reason that nobody foresaw.</summary>
    public static TimeSpan PauseAfter(int failures) =>
        failures < 2 ? TimeSpan.Zero : Min(LongestPause, FirstPause * Math.Pow(2, Math.Min(failures - 2, 16)));

    public static ScanStep Decide(in ScanNeed need)
    {
        var past = need.Past;
        if (!need.AnybodyWaits)
            return past.Failures > 0 || need.SinceLast < WhileServed ? new ScanStep.Rest() : new ScanStep.Scan(Whole: false);
        if (PauseAfter(past.Failures) - need.SinceLast is { Ticks: > 0 } pause)
            return Wait(pause);
        var urgent = need.UntilDeadline <= TimeSpan.Zero;
        // The first to come after a time when nobody waited is not kept waiting for the rest of a long interval.
        var interval = need.Arrived ? Min(past.Interval, Max(past.Interval / 2, LongestOfShard)) : past.Interval;
        if (need.SinceLast is not { } since || urgent || need.Hurry)
            return new ScanStep.Scan(urgent);
        // Where message after message is due, not for each of them.
        var next = need.UntilDue is { } due ? Min(interval - since, Max(due, Shortest(need.Shards) - since)) : interval - since;
        return next <= TimeSpan.Zero ? new ScanStep.Scan(Whole: false) : Wait(Min(next, need.UntilDeadline ?? next));
    }

    // What this process inserts with a delay is due without a scan: what is in memory is served once a second at least.
    private static ScanStep.Wait Wait(TimeSpan pause) => new(Max(LeastWait, Min(pause, LongestOfShard)));

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}

/// <summary>What is to be done about storage.</summary>
internal abstract record ScanStep
{
    private ScanStep() { }

    /// <summary>Nothing, until somebody comes.</summary>
    public sealed record Rest : ScanStep;

    /// <summary>Nothing for so long, or until somebody comes who waits for less.</summary>
    public sealed record Wait(TimeSpan For) : ScanStep;

    /// <param name="Whole">Whether the whole queue is to be read if need be, because somebody waits for the answer.</param>
    public sealed record Scan(bool Whole) : ScanStep;
}

/// <summary>What the schedule goes by.</summary>
internal readonly record struct ScanNeed
{
    public required ScanHistory Past { get; init; }

    /// <summary>Since the last scan ended; null: there has been none.</summary>
    public required TimeSpan? SinceLast { get; init; }

    /// <summary>How many shards a scan reads.</summary>
    public required int Shards { get; init; }

    public required bool AnybodyWaits { get; init; }

    /// <summary>Until the first receiver wants its answer; not positive: it waits for it.</summary>
    public required TimeSpan? UntilDeadline { get; init; }

    /// <summary>Until the next message is due, as far as the last scan has seen.</summary>
    public required TimeSpan? UntilDue { get; init; }

    /// <summary>Somebody has begun to wait while nobody else did.</summary>
    public required bool Arrived { get; init; }

    /// <summary>What was known has been forgotten, or may be wrong.</summary>
    public required bool Hurry { get; init; }
}

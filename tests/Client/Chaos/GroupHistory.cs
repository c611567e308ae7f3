namespace FuncQueue.Client.Tests.Chaos;

/// <summary>What the readers of a group did, in one order, beside what they committed. <see cref="GroupRules"/> judges it.</summary>
internal sealed class GroupHistory
{
    private readonly Lock gate = new();
    private readonly List<(int Partition, long Offset)> published = [];
    private readonly List<GroupRun> runs = [];
    private readonly HashSet<(string Member, int? Partition)> lossesTold = [];
    private readonly List<Commit> asked = [];
    private readonly List<Commit> committed = [];
    private readonly List<Stop> stops = [];
    private int events;

    public IReadOnlyList<(int Partition, long Offset)> Published => Read(() => published.ToList());

    public IReadOnlyList<GroupRun> Runs => Read(() => runs.ToList());

    /// <summary>Commits that readers asked for.</summary>
    public IReadOnlyList<Commit> Asked => Read(() => asked.ToList());

    /// <summary>Commits that the server said ok to.</summary>
    public IReadOnlyList<Commit> Commits => Read(() => committed.ToList());

    public IReadOnlyList<Stop> Stops => Read(() => stops.ToList());

    public void Publish(int partition, long offset) => Write(_ => published.Add((partition, offset)));

    public GroupRun Began(string member, int partition, IReadOnlyList<long> offsets)
    {
        GroupRun? run = null;
        Write(at => runs.Add(run = new GroupRun(member, partition, offsets, at)));
        return run!;
    }

    public void Ended(GroupRun run, bool succeeded, bool lossSeen) =>
        Write(at => (run.EndedAt, run.Succeeded, run.LossSeen) = (at, succeeded, lossSeen));

    /// <summary>A reader was told that a partition, or what it wanted to commit, is lost to it.</summary>
    public void LossTold(string member, int? partition) => Write(_ => lossesTold.Add((member, partition)));

    public bool IsLossTold(string member, int partition) =>
        Read(() => lossesTold.Contains((member, partition)) || lossesTold.Contains((member, null)));

    public void CommitAsked(int partition, long next) => Write(at => asked.Add(new(partition, next, at)));

    public void Committed(int partition, long next) => Write(at => committed.Add(new(partition, next, at)));

    /// <summary>A reader's stop has returned.</summary>
    public void Stopped(string member) => Write(at => stops.Add(new(member, at)));

    /// <summary>A reader that was stopped is about to start again.</summary>
    public void Started(string member) => Write(at => stops.FindLast(stop => stop.Member == member)!.Until = at);

    public bool AllHandled() =>
        Read(() =>
        {
            var done = runs.Where(run => run.Succeeded)
                .SelectMany(run => run.Offsets.Select(offset => (run.Partition, offset)))
                .ToHashSet();
            return published.TrueForAll(done.Contains);
        });

    private void Write(Action<int> note)
    {
        lock (gate)
            note(++events);
    }

    private T Read<T>(Func<T> read)
    {
        lock (gate)
            return read();
    }
}

/// <summary>Everything of a partition before an offset, at a place of the history.</summary>
internal sealed record Commit(int Partition, long Next, int At);

/// <summary>One run of a reader's handler.</summary>
internal sealed record GroupRun(string Member, int Partition, IReadOnlyList<long> Offsets, int BeganAt)
{
    /// <summary>Where in the history it ended; 0: it has not.</summary>
    public int EndedAt { get; set; }

    public bool Succeeded { get; set; }

    public bool LossSeen { get; set; }
}

/// <summary>The return of a reader's stop.</summary>
internal sealed record Stop(string Member, int At)
{
    /// <summary>When it was started again.</summary>
    public int Until { get; set; } = int.MaxValue;
}

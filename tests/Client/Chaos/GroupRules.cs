namespace FuncQueue.Client.Tests.Chaos;

/// <summary>What group readers promise, as breaches of it by a history. All that was published is committed when it is judged.</summary>
internal static class GroupRules
{
    public static IReadOnlyList<string> Breaches(GroupHistory history) =>
        [
            .. Missed(history),
            .. CommittedUnfinished(history),
            .. Again(history),
            .. OutOfOrder(history),
            .. Unseen(history),
            .. Unended(history),
            .. AfterStop(history),
            .. NotHandedOver(history),
        ];

    /// <summary>At least once.</summary>
    private static IEnumerable<string> Missed(GroupHistory history)
    {
        var finished = Finished(history);
        return history.Published.Where(record => !finished.ContainsKey(record)).Select(record => $"{Name(record)} was never finished.");
    }

    /// <summary>A commit stands for what handlers have finished.</summary>
    private static IEnumerable<string> CommittedUnfinished(GroupHistory history)
    {
        var finished = Finished(history);
        return history
            .Asked.SelectMany(commit =>
                history.Published.Where(record =>
                    record.Partition == commit.Partition
                    && record.Offset < commit.Next
                    && (!finished.TryGetValue(record, out var at) || at > commit.At)
                )
            )
            .Distinct()
            .Select(record => $"{Name(record)} was committed unfinished.");
    }

    /// <summary>What is committed is not handled again.</summary>
    private static IEnumerable<string> Again(GroupHistory history) =>
        from run in history.Runs
        where history.Commits.Any(commit => commit.Partition == run.Partition && run.Offsets[0] < commit.Next && commit.At < run.BeganAt)
        select $"{Name((run.Partition, run.Offsets[0]))} was handled again by {run.Member}, though it was committed.";

    /// <summary>No record is begun before those in front of it in its partition were finished once.</summary>
    private static IEnumerable<string> OutOfOrder(GroupHistory history)
    {
        var finished = Finished(history);
        foreach (var run in history.Runs)
        {
            var before = history
                .Published.Where(record => record.Partition == run.Partition && record.Offset < run.Offsets[0])
                .Any(record => !finished.TryGetValue(record, out var at) || at > run.BeganAt);
            if (before)
                yield return $"{Name((run.Partition, run.Offsets[0]))} was begun before those in front of it were finished.";
        }
    }

    /// <summary>Where two have records of a partition at the same time, the first one has lost it, and it or its owner was told.</summary>
    private static IEnumerable<string> Unseen(GroupHistory history) =>
        from runs in history.Runs.GroupBy(run => run.Partition)
        from first in runs
        from second in runs
        where first.Member != second.Member && first.BeganAt < second.BeganAt && second.BeganAt < first.EndedAt
        where !first.LossSeen && !history.IsLossTold(first.Member, first.Partition)
        select $"{first.Member} did not learn that {second.Member} had partition {first.Partition}.";

    private static IEnumerable<string> Unended(GroupHistory history) =>
        history.Runs.Where(run => run.EndedAt == 0).Select(run => $"{Name((run.Partition, run.Offsets[0]))} was left running.");

    private static IEnumerable<string> AfterStop(GroupHistory history) =>
        from stop in history.Stops
        from run in history.Runs
        where run.Member == stop.Member && run.BeganAt > stop.At && run.BeganAt < stop.Until
        select $"{Name((run.Partition, run.Offsets[0]))} was begun by {run.Member} after its stop.";

    /// <summary>What a reader has finished is committed when its stop returns, so that nobody handles it again.</summary>
    private static IEnumerable<string> NotHandedOver(GroupHistory history) =>
        from stop in history.Stops
        from run in history.Runs
        where run.Member == stop.Member && run is { Succeeded: true, LossSeen: false } && run.EndedAt < stop.At
        where !history.IsLossTold(run.Member, run.Partition)
        where !history.Commits.Any(commit => commit.Partition == run.Partition && commit.Next > run.Offsets[^1] && commit.At < stop.At)
        select $"{Name((run.Partition, run.Offsets[^1]))} was not committed when {run.Member} had stopped.";

    /// <summary>When each record was finished first.</summary>
    private static Dictionary<(int Partition, long Offset), int> Finished(GroupHistory history) =>
        history
            .Runs.Where(run => run.Succeeded)
            .SelectMany(run => run.Offsets.Select(offset => (Record: (run.Partition, offset), run.EndedAt)))
            .GroupBy(finished => finished.Record, finished => finished.EndedAt)
            .ToDictionary(record => record.Key, record => record.Min());

    private static string Name((int Partition, long Offset) record) => $"{record.Partition}/{record.Offset}";
}

namespace FuncQueue.Client.Tests.Chaos;

/// <summary>What processors promise, as breaches of it by a history. The queue is empty when it is judged.</summary>
internal static class Rules
{
    public static IReadOnlyList<string> Breaches(History history) =>
        [
            .. Lost(history),
            .. Twice(history),
            .. Unseen(history),
            .. Unended(history),
            .. Unleased(history),
            .. AckedUnfinished(history),
            .. OutOfOrder(history),
            .. AfterStop(history),
        ];

    /// <summary>What is gone from the queue was acked, so some handler must have finished it.</summary>
    private static IEnumerable<string> Lost(History history)
    {
        var done = history.Runs.Where(run => run.Succeeded).Select(run => run.Body).ToHashSet();
        return history.Sends.Where(sent => sent.Value.Known && !done.Contains(sent.Key)).Select(sent => $"{sent.Key} was never finished.");
    }

    /// <summary>Repeats of sends carry the same deduplication id: one body is one message.</summary>
    private static IEnumerable<string> Twice(History history) =>
        history
            .Runs.GroupBy(run => run.Body)
            .Where(body => body.Select(run => run.Message).Distinct().Count() > 1)
            .Select(body => $"{body.Key} was stored twice.");

    /// <summary>Where two have one message at the same time, the first one's lease is lost, and it or its owner was told.</summary>
    private static IEnumerable<string> Unseen(History history) =>
        from runs in history.Runs.GroupBy(run => run.Message)
        from first in runs
        from second in runs
        where first.BeganAt < second.BeganAt && second.BeganAt < first.EndedAt
        where !first.LossSeen && !history.IsLossTold(first)
        select $"{first.Body}: client {first.Client} did not learn that client {second.Client} had it.";

    private static IEnumerable<string> Unended(History history) =>
        history.Runs.Where(run => run.EndedAt == 0).Select(run => $"{run.Body} was left running.");

    /// <summary>A handler begins on a lease that the server granted, that has not ended, and that no other has followed.</summary>
    private static IEnumerable<string> Unleased(History history)
    {
        var leases = history.Leases.ToLookup(lease => lease.Message);
        foreach (var run in history.Runs)
        {
            var own = leases[run.Message].SingleOrDefault(lease => lease.Receipt == run.Receipt);
            if (own is null || run.LeaseEndsAt is null)
                yield return $"{run.Body} was begun without a lease.";
            else if (leases[run.Message].Any(later => later.GrantedAt > own.GrantedAt && later.GrantedAt < run.BeganAt))
                yield return $"{run.Body} was begun on a lease that another had followed.";
            else if (run.BeganOn > run.LeaseEndsAt)
                yield return $"{run.Body} was begun on a lease that had ended.";
        }
    }

    /// <summary>Of a lease that is acked, the handler has returned.</summary>
    private static IEnumerable<string> AckedUnfinished(History history)
    {
        var runs = history.Runs.ToLookup(run => run.Receipt);
        var bodies = history.Runs.DistinctBy(run => run.Message).ToDictionary(run => run.Message, run => run.Body);
        var messages = history.Leases.ToDictionary(lease => lease.Receipt, lease => lease.Message);
        return history
            .Acks.Where(ack => !runs[ack.Receipt].Any(run => run.Succeeded && run.EndedAt < ack.At))
            .Select(ack => messages.TryGetValue(ack.Receipt, out var message) ? bodies.GetValueOrDefault(message) : null)
            .Distinct()
            .Select(body => $"{body ?? "What was never handled"} was acked unfinished.");
    }

    /// <summary>No message of a group is begun before the one that was sent before it was finished once.</summary>
    private static IEnumerable<string> OutOfOrder(History history)
    {
        var runs = history.Runs.ToLookup(run => run.Body);
        foreach (var group in history.Sends.Where(sent => sent.Value is { Known: true, Group: not null }).GroupBy(sent => sent.Value.Group))
        {
            string[] bodies = [.. group.OrderBy(sent => sent.Value.At).Select(sent => sent.Key)];
            foreach (var (before, behind) in bodies.Zip(bodies.Skip(1)))
            {
                var finished = runs[before].Where(run => run.Succeeded).Min(run => (int?)run.EndedAt) ?? int.MaxValue;
                if (runs[behind].Any(run => run.BeganAt < finished))
                    yield return $"{behind} was begun before {before} was finished.";
            }
        }
    }

    /// <summary>From the return of its stop to its next start a client handles nothing.</summary>
    private static IEnumerable<string> AfterStop(History history) =>
        from stop in history.Stops
        from run in history.Runs
        where run.Client == stop.Client && run.BeganAt > stop.From && run.BeganAt < stop.Until
        select $"{run.Body} was begun by client {run.Client} after its stop.";
}

using FuncQueue.Chaos.Histories;

namespace FuncQueue.Chaos.Checking;

/// <summary>A dead letter that is made live again is in one place at every instant, and is what was asked.</summary>
internal static class Rebirths
{
    public static IEnumerable<Violation> Check(History history, IReadOnlyList<Lineage> lineages)
    {
        var ends = EndsForGood(history);
        var sent = history
            .Sent.Select(s => (s.Key, s.Digest))
            .Concat(history.Published.Select(p => (p.Key, p.Digest)))
            .Distinct()
            .ToLookup(s => s.Key, s => s.Digest);
        return lineages.SelectMany(line => TwoLives(line, ends).Concat(Unasked(history, line)).Concat(Altered(history, line, sent)));
    }

    /// <summary>The instants by which messages had certainly ended for good, by their ids.</summary>
    private static Dictionary<string, DateTimeOffset> EndsForGood(History history) =>
        history
            .Settled.Where(s => s is { Happened: true, Verb: Verb.Ack })
            .Select(s => (s.MessageId, s.Ended))
            .Concat(history.Removed.Where(r => r.Ending == Ending.Ok).Select(r => (r.MessageId, r.Ended)))
            .GroupBy(e => e.MessageId)
            .ToDictionary(g => g.Key, g => g.Min(e => e.Ended), StringComparer.Ordinal);

    /// <summary>A life is over before the next one begins, and one at most ends for good.</summary>
    private static IEnumerable<Violation> TwoLives(Lineage line, Dictionary<string, DateTimeOffset> ends)
    {
        var ended = line.Lives.Where(life => life.IsTaken || ends.ContainsKey(life.MessageId)).ToList();
        if (ended.Count > 1)
            yield return Two($"{line.FirstId} has ended for good as {string.Join(" and as ", ended.Select(l => l.MessageId))}.", ended);
        foreach (var (earlier, later) in line.Lives.SelectMany((life, i) => line.Lives.Skip(i + 1).Select(later => (life, later))))
        {
            if (later.Deliveries.Count == 0)
                continue;
            var began = later.Deliveries.Min(d => d.BeganBy);
            foreach (var delivery in earlier.Deliveries.Where(d => d.BeganFrom > began + Checker.Rounding).Take(1))
                yield return Two(
                    $"{earlier.MessageId} was delivered at {delivery.BeganFrom:O}, after {began:O}, when it was {later.MessageId} already.",
                    [earlier, later]
                );
            if (ends.TryGetValue(earlier.MessageId, out var end) && later.Deliveries.Any(d => d.BeganFrom > end))
                yield return Two(
                    $"{earlier.MessageId} had ended for good by {end:O}, and was delivered as {later.MessageId}.",
                    [earlier, later]
                );
        }

        static Violation Two(string what, IEnumerable<Existence> lives) => new(Rule.TwoLives, what, [.. lives.Select(l => l.MessageId)]);
    }

    /// <summary>Somebody has asked for each life but the first, in that queue, before it was delivered.</summary>
    private static IEnumerable<Violation> Unasked(History history, Lineage line)
    {
        var ids = line.Lives.Select(l => l.MessageId).ToList();
        return from life in line.Lives
            where life.MessageId != line.FirstId && life.Deliveries.Count > 0
            let key = life.Deliveries[0].Key
            let began = life.Deliveries.Min(d => d.BeganBy)
            where !history.Revivals.Any(r => r.To == life.Queue && r.Began <= began + Checker.Rounding && r.MayMean(key, ids))
            select new Violation(
                Rule.Unasked,
                $"{life.Queue}: {key} was delivered as {life.MessageId} at {began:O}, for which nobody had asked.",
                [line.FirstId, life.MessageId]
            );
    }

    /// <summary>A life has the body that it was to have, where that is known; else one that somebody gave it.</summary>
    private static IEnumerable<Violation> Altered(History history, Lineage line, ILookup<string, string> sent)
    {
        var ids = line.Lives.Select(l => l.MessageId).ToHashSet(StringComparer.Ordinal);
        var edits = history
            .Revivals.Where(r => r is { Digest: not null, MessageId: { } id, MayHaveHappened: true } && ids.Contains(id))
            .Select(r => r.Digest!)
            .ToList();
        foreach (var life in line.Lives.Where(l => l.MessageId != line.FirstId))
        {
            foreach (var delivery in life.Deliveries.Where(d => d.Digest is not null))
            {
                var allowed = life.MadeBy?.Digest is { } known ? [known] : edits.Concat(sent[delivery.Key]);
                if (!allowed.Contains(delivery.Digest!))
                    yield return new Violation(
                        Rule.Unasked,
                        $"{life.Queue}: {delivery.Key} was delivered as {life.MessageId}, and is not what it was to be.",
                        [line.FirstId, life.MessageId]
                    );
            }
        }
    }
}

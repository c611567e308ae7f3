using FuncQueue.Chaos.Histories;

namespace FuncQueue.Chaos.Checking;

/// <summary>The log of a topic: nothing published is lost, offsets are dense, and what is at an offset never changes.</summary>
internal static class Logs
{
    public static IEnumerable<Violation> Check(TopicHistory topic) =>
        [.. Gaps(topic), .. Changed(topic), .. Lost(topic), .. Unexpected(topic), .. StoredTwice(topic), .. Disordered(topic)];

    private static IEnumerable<Violation> Gaps(TopicHistory topic) =>
        from partition in topic.Log.GroupBy(r => r.Place.Partition)
        let offsets = partition.Select(r => r.Place.Offset).Order().ToList()
        let first = topic.Rules.IsRetained ? offsets[0] : 0
        from i in Enumerable.Range(0, offsets.Count)
        where offsets[i] != first + i
        // What follows a gap is shifted, too.
        where i == 0 || offsets[i - 1] == first + i - 1
        select new Violation(Rule.OffsetGap, $"{topic.Name}/{partition.Key} has offset {offsets[i]} where {first + i} must be.");

    /// <summary>Whoever reads an offset reads the same there as everybody else, and as in the end.</summary>
    private static IEnumerable<Violation> Changed(TopicHistory topic) =>
        from place in topic.Seen.GroupBy(r => r.Place)
        let keys = place.Select(r => r.Key).Distinct().ToList()
        let isGone = topic.Log.Count > 0 && topic.Find(place.Key) is null
        where keys.Count > 1 || isGone
        select new Violation(
            Rule.RecordChanged,
            isGone ? $"{place.Key} was {keys[0]}, and is not there in the end." : $"{place.Key} was {string.Join(", then ", keys)}."
        );

    private static IEnumerable<Violation> Lost(TopicHistory topic) =>
        from attempt in topic.Published
        where attempt is { Ending: Ending.Ok, Place: not null } && topic.Find(attempt.Place)?.Key != attempt.Key
        select new Violation(Rule.Lost, $"{attempt.Key} was stored at {attempt.Place}, where there is {Name(topic, attempt.Place!)}.");

    private static IEnumerable<Violation> Unexpected(TopicHistory topic)
    {
        foreach (var record in topic.Log)
        {
            var attempts = topic.AttemptsOf(record.Key).ToList();
            if (attempts.Count == 0)
                yield return new Violation(Rule.Unexpected, $"{record.Key} at {record.Place} was never published.");
            else if (attempts.TrueForAll(a => a.Ending == Ending.Failed))
                yield return new Violation(
                    Rule.Unexpected,
                    $"{record.Key} is at {record.Place}, but its publisher was told that nothing happened."
                );
            else if (record.Digest is { } digest && attempts[0].Digest != digest)
                yield return new Violation(Rule.Unexpected, $"{record.Key} at {record.Place} is not as it was published.");
        }
    }

    /// <summary>Each record is published once, or with a deduplication id.</summary>
    private static IEnumerable<Violation> StoredTwice(TopicHistory topic) =>
        from record in topic.Stored.GroupBy(r => r.Key)
        where record.Count() > 1
        select new Violation(
            Rule.StoredTwice,
            $"{record.Key} of {topic.Name} is at {string.Join(" and at ", record.Select(r => r.Place))}."
        );

    /// <summary>Of one order key, what was published after the answer for another record is behind it.</summary>
    private static IEnumerable<Violation> Disordered(TopicHistory topic) =>
        from key in topic.Published.Where(p => p is { Ending: Ending.Ok, OrderKey: not null, Place: not null }).GroupBy(p => p.OrderKey)
        let inOrder = key.OrderBy(p => p.Position).DistinctBy(p => p.Key).ToList()
        from pair in inOrder.Zip(inOrder.Skip(1))
        where pair.First.Place!.Partition != pair.Second.Place!.Partition || pair.First.Place.Offset >= pair.Second.Place.Offset
        select new Violation(
            Rule.OrderViolation,
            $"{pair.First.Key} is at {pair.First.Place}, {pair.Second.Key}, published after it, at {pair.Second.Place}."
        );

    private static string Name(TopicHistory topic, RecordPlace place) => topic.Find(place)?.Key ?? "nothing";
}

using FuncQueue.Chaos.Histories;

namespace FuncQueue.Chaos.Checking;

/// <summary>Each record reaches the queues that filters in force when it was stored routed it to, each once, and no others.</summary>
internal static class Routing
{
    public static IEnumerable<Violation> Check(TopicHistory topic, IReadOnlyList<QueueRules> queues) =>
        [
            .. topic.Stored.SelectMany(record => OfRecord(topic, record)),
            .. FromNowhere(topic),
            .. Matched(topic),
            .. queues.Where(q => q.IsFifo).SelectMany(q => Disordered(topic, q.Name)),
        ];

    private static IEnumerable<Violation> OfRecord(TopicHistory topic, SeenRecord record)
    {
        // What nobody published is told of elsewhere.
        if (topic.AttemptsOf(record.Key).ToList() is not { Count: > 0 } attempts)
            yield break;
        var (from, by) = StoredBetween(attempts);
        foreach (var part in topic.Parts)
        {
            var arrived = part.Queues.Where(q => topic.Arrivals[(record.Place, q)].Any()).ToHashSet(StringComparer.Ordinal);
            var possible = InForce(part, from, by).Select(change => change.Of(attempts[0].Colour)).ToList();
            if (!possible.Exists(queues => arrived.All(queues.Contains) && !Missing(queues).Any()))
                yield return Wrong(record, arrived, possible, possible.TrueForAll(queues => Missing(queues).Any()));

            // What was deleted with a queue before anybody received it is not missing.
            IEnumerable<string> Missing(IReadOnlyList<string> queues) =>
                queues.Where(q => !arrived.Contains(q) && !topic.MayHaveGoneWith(q, from));

            foreach (var queue in arrived)
            {
                var messages = Messages(topic.Arrivals[(record.Place, queue)]);
                if (messages.Count > 1 + part.Replays)
                    yield return new Violation(
                        Rule.ForwardedTwice,
                        $"{record.Key} at {record.Place} is in {queue} as {string.Join(", ", messages)}.",
                        messages
                    );
            }
        }
    }

    private static Violation Wrong(SeenRecord record, HashSet<string> arrived, List<IReadOnlyList<string>> possible, bool isMissing) =>
        new(
            isMissing ? Rule.NotForwarded : Rule.Misrouted,
            $"{record.Key} at {record.Place} is in [{string.Join(", ", arrived)}]; it was to be in "
                + $"{string.Join(" or ", possible.Select(queues => $"[{string.Join(", ", queues)}]").Distinct())}."
        );

    /// <summary>The instants between which a record was stored, as far as its publisher can know.</summary>
    private static (DateTimeOffset From, DateTimeOffset By) StoredBetween(IReadOnlyList<Published> attempts) =>
        (
            attempts.Where(a => a.Ending != Ending.Failed).Select(a => a.Began).DefaultIfEmpty(DateTimeOffset.MinValue).Min(),
            attempts.Where(a => a.Ending == Ending.Ok).Select(a => a.Ended).DefaultIfEmpty(DateTimeOffset.MaxValue).Min()
        );

    /// <summary>The changes that may have been the last one at some instant from the one to the other.</summary>
    private static IEnumerable<RouteChange> InForce(RoutePart part, DateTimeOffset from, DateTimeOffset by) =>
        part.Changes.Where((change, i) => change.Began <= by && (i + 1 == part.Changes.Count || part.Changes[i + 1].Ended >= from));

    /// <summary>The ids under which a record came into a queue: those of redriven messages are not among them.</summary>
    private static List<string> Messages(IEnumerable<Arrival> arrivals) =>
        [.. arrivals.Select(a => a.Delivery).Where(d => d.OriginalMessageId is null).Select(d => d.MessageId).Distinct()];

    private static IEnumerable<Violation> FromNowhere(TopicHistory topic) =>
        from arrivals in topic.Arrivals
        from arrival in arrivals.DistinctBy(a => a.Delivery.MessageId)
        let record = topic.Find(arrival.Place)
        let digest = topic.AttemptsOf(arrival.Delivery.Key).FirstOrDefault()?.Digest
        where topic.Stored.Count > 0 && (record?.Key != arrival.Delivery.Key || (arrival.Delivery.Digest ?? digest) != digest)
        select new Violation(
            Rule.Unexpected,
            record?.Key == arrival.Delivery.Key
                ? $"{arrival.Queue} has {arrival.Delivery.Key} of {arrival.Place}, not as it was published."
                : $"{arrival.Queue} has {arrival.Delivery.Key} of {arrival.Place}, where there is {record?.Key ?? "nothing"}.",
            arrival.Delivery.MessageId
        );

    /// <summary>As many queues have a record as its publisher was told.</summary>
    private static IEnumerable<Violation> Matched(TopicHistory topic)
    {
        var alternates = topic.Parts.Select(p => p.AlternateQueue).ToHashSet(StringComparer.Ordinal);
        var queues = topic.Parts.SelectMany(p => p.Queues).Where(q => !alternates.Contains(q)).Distinct().ToList();
        return from attempt in topic.Published
            where attempt is { Ending: Ending.Ok, Place: not null, Matched: not null }
            let arrived = topic.Derived.Count + queues.Count(q => topic.Arrivals[(attempt.Place!, q)].Any())
            let gone = queues.Count(q => !topic.Arrivals[(attempt.Place!, q)].Any() && topic.MayHaveGoneWith(q, attempt.Began))
            where attempt.Matched < arrived || attempt.Matched > arrived + gone
            select new Violation(
                Rule.WrongMatch,
                $"{attempt.Key} at {attempt.Place} was routed to {attempt.Matched} by its answer, and is in {arrived} of them."
            );
    }

    /// <summary>Into a FIFO queue the records of one key come in the order of their partition.</summary>
    private static IEnumerable<Violation> Disordered(TopicHistory topic, string queue) =>
        from key in topic
            .Arrivals.Where(a => a.Key.Queue == queue)
            .SelectMany(a => a.Where(one => one.Delivery is { OriginalMessageId: null, SequenceNumber: not null }))
            .DistinctBy(a => a.Delivery.MessageId)
            .GroupBy(a => (a.Place.Partition, a.Delivery.Group))
        let inOrder = key.OrderBy(a => a.Place.Offset).ToList()
        from pair in inOrder.Zip(inOrder.Skip(1))
        where pair.First.Place.Offset < pair.Second.Place.Offset
        where pair.First.Delivery.SequenceNumber >= pair.Second.Delivery.SequenceNumber
        select new Violation(
            Rule.OrderViolation,
            $"{queue}: {pair.First.Place} has number {pair.First.Delivery.SequenceNumber}, {pair.Second.Place}, which is behind it, has "
                + $"{pair.Second.Delivery.SequenceNumber}.",
            pair.First.Delivery.MessageId,
            pair.Second.Delivery.MessageId
        );
}

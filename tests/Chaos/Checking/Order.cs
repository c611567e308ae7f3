using FuncQueue.Chaos.Histories;

namespace FuncQueue.Chaos.Checking;

/// <summary>
/// A FIFO queue delivers the messages of one group in the order in which their enqueues succeeded; one is handed out only while no earlier
/// message of its group is out, except together with it.
/// </summary>
internal static class Order
{
    public static IEnumerable<Violation> Check(QueueHistory queue)
    {
        var sent = queue
            .Sent.Where(s => s is { Ending: Ending.Ok, Group: not null, MessageId: not null })
            .DistinctBy(s => s.MessageId)
            .ToList();
        foreach (var group in sent.GroupBy(s => s.Group))
        {
            var inOrder = group.OrderBy(s => s.Position).ToList();
            foreach (var violation in Numbers(queue, inOrder).Concat(Deliveries(queue, inOrder)).Concat(WithinCalls(queue, inOrder)))
                yield return violation;
        }

        foreach (var violation in Passing(queue))
            yield return violation;
    }

    /// <summary>
    /// Nothing is handed out behind a message that certainly was out all the time in which that may have been, but by the same call.
    /// </summary>
    private static IEnumerable<Violation> Passing(QueueHistory queue)
    {
        foreach (
            var group in queue.Leases.Where(l => l.Delivery is { Group: not null, SequenceNumber: not null }).GroupBy(l => l.Delivery.Group)
        )
        {
            var periods = new Queue<(Lease Lease, Period Period)>(
                group.SelectMany(lease => lease.Held.Select(period => (Lease: lease, Period: period))).OrderBy(h => h.Period.From)
            );
            var held = new List<(Lease Lease, Period Period)>();
            foreach (var lease in group.OrderBy(l => l.Delivery.BeganFrom))
            {
                var given = lease.Delivery;
                while (periods.TryPeek(out var next) && next.Period.From <= given.BeganFrom)
                    held.Add(periods.Dequeue());
                held.RemoveAll(h => h.Period.Until <= given.BeganFrom);
                foreach (
                    var (earlier, period) in held.Where(h =>
                        h.Lease.Delivery.SequenceNumber < given.SequenceNumber
                        && !ReferenceEquals(h.Lease.Call, lease.Call)
                        && given.BeganBy + Checker.Rounding < h.Period.Until
                    )
                )
                    yield return queue.Violation(
                        Rule.OrderViolation,
                        $"{given.Key} ({given.MessageId}) was delivered by process {lease.Call.Process} at {given.BeganBy:O}, "
                            + $"while {earlier.Delivery.Key} ({earlier.Delivery.MessageId}), which comes before it, was leased by "
                            + $"process {earlier.Call.Process} until {period.Until:O}.",
                        earlier.Delivery.MessageId,
                        given.MessageId
                    );
            }
        }
    }

    /// <summary>Sequence numbers rise in the order of the enqueues.</summary>
    private static IEnumerable<Violation> Numbers(QueueHistory queue, List<Sent> inOrder) =>
        from pair in inOrder.Zip(inOrder.Skip(1))
        where pair.First.SequenceNumber >= pair.Second.SequenceNumber
        select queue.Violation(
            Rule.OrderViolation,
            $"{pair.First.Key} has number {pair.First.SequenceNumber}, {pair.Second.Key}, sent after it, has {pair.Second.SequenceNumber}.",
            pair.First.MessageId!,
            pair.Second.MessageId!
        );

    /// <summary>Whoever gets a message, everything before it is over, or in the same answer: it is never delivered after that.</summary>
    private static IEnumerable<Violation> Deliveries(QueueHistory queue, List<Sent> inOrder)
    {
        // The leases of all messages behind this one, the first to begin first.
        var later = new SortedSet<Lease>(
            Comparer<Lease>.Create(
                (a, b) =>
                {
                    var order = a.Delivery.BeganBy.CompareTo(b.Delivery.BeganBy);
                    return order != 0 ? order : string.CompareOrdinal(a.Delivery.Lease, b.Delivery.Lease);
                }
            )
        );
        foreach (var message in Enumerable.Reverse(inOrder))
        {
            var leases = queue.LeasesByMessage[message.MessageId!].ToList();
            var calls = leases.Select(l => l.Call).ToHashSet(ReferenceEqualityComparer.Instance);
            if (later.FirstOrDefault(l => !calls.Contains(l.Call)) is { } first)
            {
                foreach (var lease in leases.Where(l => l.Delivery.BeganFrom > first.Delivery.BeganBy + Checker.Rounding))
                    yield return queue.Violation(
                        Rule.OrderViolation,
                        $"{message.Key} ({message.MessageId}) was delivered at {lease.Delivery.BeganFrom:O}, after "
                            + $"{first.Delivery.Key} ({first.Delivery.MessageId}), which was sent after it, at "
                            + $"{first.Delivery.BeganBy:O}.",
                        message.MessageId!,
                        first.Delivery.MessageId
                    );
            }

            later.UnionWith(leases);
        }
    }

    /// <summary>Messages of one group in one answer are in order.</summary>
    private static IEnumerable<Violation> WithinCalls(QueueHistory queue, List<Sent> inOrder)
    {
        var places = inOrder.Select((s, i) => (s.MessageId, i)).ToDictionary(p => p.MessageId!, p => p.i, StringComparer.Ordinal);
        return from call in queue.Received
            let mine = call.Deliveries.Where(d => places.ContainsKey(d.MessageId)).ToList()
            from pair in mine.Zip(mine.Skip(1))
            where places[pair.First.MessageId] > places[pair.Second.MessageId]
            select queue.Violation(
                Rule.OrderViolation,
                $"One answer has {pair.First.Key} before {pair.Second.Key}, which was sent before it.",
                pair.First.MessageId
            );
    }
}

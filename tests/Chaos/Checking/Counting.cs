namespace FuncQueue.Chaos.Checking;

/// <summary>Delivery counts, dead letters and the queue's counts are right.</summary>
internal static class Counting
{
    public static IEnumerable<Violation> Check(QueueHistory queue) => [.. Deliveries(queue), .. DeadLetters(queue), .. Counts(queue)];

    private static IEnumerable<Violation> Deliveries(QueueHistory queue)
    {
        foreach (var message in queue.LeasesByMessage)
        {
            Lease? before = null;
            foreach (var lease in message)
            {
                if (lease.Delivery.DeliveryCount < 1 || lease.Delivery.DeliveryCount > queue.Rules.MaxDeliveryCount)
                    yield return queue.Violation(
                        Rule.DeliveryCount,
                        $"{message.Key} was delivered with the count {lease.Delivery.DeliveryCount}; the limit is "
                            + $"{queue.Rules.MaxDeliveryCount}.",
                        message.Key
                    );
                if (
                    before is not null
                    && before.Delivery.BeganBy < lease.Delivery.BeganFrom
                    && lease.Delivery.DeliveryCount <= before.Delivery.DeliveryCount - (before.MayBeReleased ? 1 : 0)
                )
                    yield return queue.Violation(
                        Rule.DeliveryCount,
                        $"{message.Key} was delivered with the count {before.Delivery.DeliveryCount}, then with "
                            + $"{lease.Delivery.DeliveryCount}.",
                        message.Key
                    );
                before = lease;
            }
        }
    }

    private static IEnumerable<Violation> DeadLetters(QueueHistory queue)
    {
        foreach (var letter in queue.DeadLetters.DistinctBy(d => d.MessageId))
        {
            var seen = queue.LeasesByMessage[letter.MessageId].Count(lease => !lease.MayBeReleased);
            if (string.IsNullOrEmpty(letter.Reason))
                yield return queue.Violation(Rule.DeadLetter, $"{letter.MessageId} has no reason.", letter.MessageId);
            if (letter.DeliveryCount < seen)
                yield return queue.Violation(
                    Rule.DeadLetter,
                    $"{letter.MessageId} says {letter.DeliveryCount} deliveries; {seen} were seen.",
                    letter.MessageId
                );
            if (letter.DeliveryCount > queue.Rules.MaxDeliveryCount)
                yield return queue.Violation(
                    Rule.DeadLetter,
                    $"{letter.MessageId} says {letter.DeliveryCount} deliveries; the limit is {queue.Rules.MaxDeliveryCount}.",
                    letter.MessageId
                );
        }
    }

    private static IEnumerable<Violation> Counts(QueueHistory queue)
    {
        foreach (var found in queue.Remains)
        {
            var counts = found.Counts;
            if (counts.Ready + counts.Scheduled != found.Live.Count || counts.Leased != 0 || counts.DeadLettered != found.DeadLetters.Count)
                yield return queue.Violation(
                    Rule.CountMismatch,
                    $"{found.When}: counted {counts}, listed {found.Live.Count} live and {found.DeadLetters.Count} dead letters."
                );
        }
    }
}

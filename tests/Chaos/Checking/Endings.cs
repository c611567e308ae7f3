using FuncQueue.Chaos.Histories;

namespace FuncQueue.Chaos.Checking;

/// <summary>A receipt is good for one lease, as long as that lasts, and an end is an end.</summary>
internal static class Endings
{
    public static IEnumerable<Violation> Check(QueueHistory queue) =>
        [.. DeliveredAfterTheEnd(queue), .. DeliveredTwice(queue), .. Stale(queue), .. SettledTwice(queue), .. LostWhileHeld(queue)];

    private static IEnumerable<Violation> DeliveredAfterTheEnd(QueueHistory queue)
    {
        var over = queue
            .Settled.Where(s => s is { Happened: true, Verb: Verb.Ack or Verb.DeadLetter })
            .GroupBy(s => s.MessageId)
            .ToDictionary(g => g.Key, g => g.Min(s => s.Ended), StringComparer.Ordinal);
        return from lease in queue.Leases
            let id = lease.Delivery.MessageId
            where over.TryGetValue(id, out var ended) && lease.Delivery.BeganFrom > ended
            select queue.Violation(
                Rule.DeliveredAfterTheEnd,
                $"{id} was settled for good by {over[id]:O} and delivered again at {lease.Delivery.BeganFrom:O}.",
                id
            );
    }

    private static IEnumerable<Violation> DeliveredTwice(QueueHistory queue) =>
        from delivery in queue.Received.Where(r => r.Delete).SelectMany(r => r.Deliveries)
        group delivery by delivery.MessageId into same
        where same.Count() > 1
        select queue.Violation(Rule.DeliveredAfterTheEnd, $"{same.Key} was delivered {same.Count()} times with mode=delete.", same.Key);

    private static IEnumerable<Violation> Stale(QueueHistory queue)
    {
        foreach (var message in queue.LeasesByMessage)
        {
            Lease? later = null;
            foreach (var lease in message.Reverse())
            {
                foreach (
                    var settled in lease.Settled.Where(s =>
                        s.Happened
                        && later is not null
                        && later.Delivery.BeganBy + Checker.Rounding < s.Began
                        && later.Delivery.Lease != s.Lease
                    )
                )
                    yield return queue.Violation(
                        Rule.StaleReceiptHonoured,
                        $"{settled.Verb} of {message.Key} at {settled.Began:O} is ok, although the message was leased again "
                            + $"by {later!.Delivery.BeganBy:O}.",
                        message.Key
                    );
                later = lease;
            }
        }

        foreach (var receipt in queue.Settled.GroupBy(s => s.Lease))
        {
            // Ended for good, or given back, by a call that had returned before the next began.
            DateTimeOffset? over = null;
            foreach (var settled in receipt)
            {
                if (settled.Happened && over < settled.Began)
                    yield return queue.Violation(
                        Rule.StaleReceiptHonoured,
                        $"{settled.Verb} of {settled.MessageId} at {settled.Began:O} is ok, although its lease had been "
                            + $"settled by {over:O}.",
                        settled.MessageId
                    );
                if (settled is { Happened: true, EndsLease: true } && (over is null || settled.Ended < over))
                    over = settled.Ended;
            }
        }
    }

    /// <summary>Of several calls at one time that end one lease, one does; of those one after the other, see above.</summary>
    private static IEnumerable<Violation> SettledTwice(QueueHistory queue) =>
        from receipt in queue.Settled.Where(s => s is { Happened: true, EndsLease: true }).GroupBy(s => s.Lease)
        from two in receipt.Zip(receipt.Skip(1))
        where two.Second.Began <= two.First.Ended
        select queue.Violation(
            Rule.SettledTwice,
            $"The lease of {two.First.MessageId} was ended by {two.First.Verb} at {two.First.Began:O} and by "
                + $"{two.Second.Verb} at {two.Second.Began:O}.",
            two.First.MessageId
        );

    private static IEnumerable<Violation> LostWhileHeld(QueueHistory queue) =>
        from lease in queue.Leases
        from settled in lease.Settled
        where settled is { Ending: Ending.Ok, Answer: Answer.LeaseLost or Answer.Malformed }
        from held in lease.Held
        // A release is refused once the lease has ended, by the clock of whoever is asked; the others are not.
        let ahead = settled.Verb == Verb.Release ? settled.ClockAhead : TimeSpan.Zero
        where held.From <= settled.Began && settled.Ended + ahead < held.Until
        where !queue.MayHaveBeenDeleted(lease.Delivery.BeganFrom, settled.Ended)
        select queue.Violation(
            Rule.LeaseLostWhileHeld,
            $"{settled.Verb} of {settled.MessageId} at {settled.Ended:O} is {settled.Answer}, although process "
                + $"{lease.Call.Process} leased it until {held.Until:O}.",
            settled.MessageId
        );
}

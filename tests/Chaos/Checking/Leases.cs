namespace FuncQueue.Chaos.Checking;

/// <summary>While a lease holds, no other consumer gets that message, nor, on a FIFO queue, any of its group.</summary>
internal static class Leases
{
    public static IEnumerable<Violation> Check(QueueHistory queue)
    {
        foreach (var message in queue.LeasesByMessage)
        {
            foreach (var violation in Overlaps(queue, message, $"message {message.Key}"))
                yield return violation;
        }

        if (!queue.Rules.IsFifo)
            yield break;
        foreach (var group in queue.Leases.Where(l => l.Delivery.Group is not null).GroupBy(l => l.Delivery.Group))
        {
            foreach (var violation in Overlaps(queue, group, $"group {group.Key}"))
                yield return violation;
        }
    }

    /// <summary>Each lease against those that began before it; messages of one call are handed out together.</summary>
    private static IEnumerable<Violation> Overlaps(QueueHistory queue, IEnumerable<Lease> leases, string what)
    {
        // Of all that began before, the one held longest, and the one held longest of another call than that.
        Held? longest = null, other = null;
        foreach (var held in leases.SelectMany(lease => lease.Held.Select(period => new Held(lease, period))).OrderBy(h => h.Period.From))
        {
            var before = longest is not null && ReferenceEquals(longest.Lease.Call, held.Lease.Call) ? other : longest;
            if (before is not null && held.Period.From + Checker.Rounding < before.Period.Until)
            {
                var (first, second) = (before.Lease, held.Lease);
                yield return queue.Violation(
                    Rule.OverlappingLeases,
                    $"Of {what}, {first.Delivery.MessageId} was leased by process {first.Call.Process} until {before.Period.Until:O}, and {second.Delivery.MessageId} by process {second.Call.Process} at {held.Period.From:O}.",
                    [.. new[] { first.Delivery.MessageId, second.Delivery.MessageId }.Distinct()]);
            }

            if (longest is null || held.Period.Until > longest.Period.Until)
            {
                if (longest is not null && !ReferenceEquals(longest.Lease.Call, held.Lease.Call))
                    other = longest;
                longest = held;
            }
            else if (!ReferenceEquals(longest.Lease.Call, held.Lease.Call) && (other is null || held.Period.Until > other.Period.Until))
            {
                other = held;
            }
        }
    }

    /// <summary>A time during which a lease certainly held.</summary>
    private sealed record Held(Lease Lease, Period Period);
}

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
        Lease? longest = null, other = null;
        foreach (var lease in leases)
        {
            var before = longest is not null && ReferenceEquals(longest.Call, lease.Call) ? other : longest;
            if (before is not null && lease.Delivery.BeganBy + Checker.Rounding < before.CertainlyHeldUntil)
            {
                yield return queue.Violation(
                    Rule.OverlappingLeases,
                    $"Of {what}, {before.Delivery.MessageId} was leased by process {before.Call.Process} until {before.CertainlyHeldUntil:O}, and {lease.Delivery.MessageId} by process {lease.Call.Process} at {lease.Delivery.BeganBy:O}.",
                    [.. new[] { before.Delivery.MessageId, lease.Delivery.MessageId }.Distinct()]);
            }

            if (longest is null || lease.CertainlyHeldUntil > longest.CertainlyHeldUntil)
            {
                if (longest is not null && !ReferenceEquals(longest.Call, lease.Call))
                    other = longest;
                longest = lease;
            }
            else if (!ReferenceEquals(longest.Call, lease.Call) && (other is null || lease.CertainlyHeldUntil > other.CertainlyHeldUntil))
            {
                other = lease;
            }
        }
    }
}

namespace FuncQueue.Chaos.Checking;

/// <summary>
/// While a lease holds, no other consumer gets that message. What of its group waits meanwhile is for <see cref="Order"/>.
/// </summary>
internal static class Leases
{
    public static IEnumerable<Violation> Check(QueueHistory queue)
    {
        foreach (var message in queue.LeasesByMessage)
        {
            foreach (var violation in Overlaps(queue, message))
                yield return violation;
        }
    }

    /// <summary>Each lease against those that began before it.</summary>
    private static IEnumerable<Violation> Overlaps(QueueHistory queue, IGrouping<string, Lease> leases)
    {
        // Of all that began before, the one held longest, and the one held longest of another lease than that.
        Held? longest = null,
            other = null;
        foreach (var held in leases.SelectMany(lease => lease.Held.Select(period => new Held(lease, period))).OrderBy(h => h.Period.From))
        {
            var before = longest is not null && ReferenceEquals(longest.Lease, held.Lease) ? other : longest;
            if (before is not null && held.Period.From + Checker.Rounding < before.Period.Until)
                yield return queue.Violation(
                    Rule.OverlappingLeases,
                    $"{leases.Key} was leased by process {before.Lease.Call.Process} until {before.Period.Until:O}, and by "
                        + $"process {held.Lease.Call.Process} at {held.Period.From:O}.",
                    leases.Key
                );

            if (longest is null || held.Period.Until > longest.Period.Until)
            {
                if (longest is not null && !ReferenceEquals(longest.Lease, held.Lease))
                    other = longest;
                longest = held;
            }
            else if (!ReferenceEquals(longest.Lease, held.Lease) && (other is null || held.Period.Until > other.Period.Until))
            {
                other = held;
            }
        }
    }

    /// <summary>A time during which a lease certainly held.</summary>
    private sealed record Held(Lease Lease, Period Period);
}

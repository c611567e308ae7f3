using Azure;
using FuncQueue.Engine.Decisions;

namespace FuncQueue.Engine.Groups;

/// <summary>One message of a group that is out.</summary>
/// <param name="Extended">The end was set by a process, and a clock, that may be another than the lease's.</param>
internal readonly record struct LockedLease(LeaseId Lease, DateTimeOffset Until, bool Extended)
{
    /// <summary>When the message is no longer out, with the allowance for clocks.</summary>
    public DateTimeOffset EndsAt(DeliveryPolicy policy) =>
        Extended || Lease.Process != policy.Process ? Until + policy.ClockSkewBound : Until;
}

/// <summary>
/// The lock of a group of a FIFO queue, as stored: the messages of the group that are out. It changes in the transaction that changes
/// the messages. What can be handed out is for the messages to say, from the first of the group on; the lock tells whether a lease that
/// has ended may be taken up again.
/// </summary>
internal sealed record GroupLock(ulong Group, IReadOnlyList<LockedLease> Leases, ETag ETag)
{
    // No process has this lease's number; no later than what allowances can still be added to.
    private static readonly LockedLease Foreign = new(new LeaseId(ulong.MaxValue), DateTimeOffset.MaxValue.AddYears(-1), Extended: true);

    /// <summary>
    /// A lock in a format of another version. Somebody may have messages of the group out, so it holds for as long as it is there; and
    /// since only the end of a lease that it lists, or a claim, changes a lock, nothing here ever writes it.
    /// </summary>
    public static GroupLock Unreadable(ulong group, ETag etag) => new(group, [Foreign], etag);

    /// <summary>Whether this version knows what it lists.</summary>
    public bool IsReadable => !Lists(Foreign.Lease);

    public bool Lists(LeaseId lease) => Leases.Any(l => l.Lease == lease);

    /// <summary>When the last of the leases ends; null when none is listed.</summary>
    public DateTimeOffset? EndsAt(DeliveryPolicy policy) => Leases.Count == 0 ? null : Leases.Max(l => l.EndsAt(policy));
}

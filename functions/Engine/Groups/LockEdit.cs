using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Groups;

/// <summary>The changes of one flight to one group's lock.</summary>
/// <param name="before">The lock as known; null: none, as far as is known.</param>
internal sealed class LockEdit(ulong group, GroupLock? before) : WriteOwner
{
    private readonly List<LockedLease> leases = [.. before?.Leases ?? []];
    private bool touched;
    private bool taken;

    public ulong Group => group;

    public GroupLock? Before => before;

    /// <summary>The leases to be listed.</summary>
    public IReadOnlyList<LockedLease> Leases => leases;

    /// <summary>Whether the lock is written. One that is not there and lists nothing is not.</summary>
    public bool Changed => touched && (before is not null || leases.Count > 0);

    /// <summary>What becomes of the stored row: gone when nothing is out.</summary>
    public bool IsOver => before is not null && leases.Count == 0;

    public bool Holds(DeliveryPolicy policy, DateTimeOffset now) => leases.Exists(l => now < l.EndsAt(policy));

    public bool Lists(LeaseId lease) => leases.Exists(l => l.Lease == lease);

    /// <summary>
    /// The group is taken: by a claim, or by a lease that is taken up again. Leases that had ended when the flight began are forgotten, so
    /// that none of them is taken up while the group is out. Those that hold are of later messages than a claim's, and stay.
    /// </summary>
    public void Take(DeliveryPolicy policy, DateTimeOffset now)
    {
        if (taken)
            return;
        leases.RemoveAll(l => l.EndsAt(policy) <= now);
        (taken, touched) = (true, true);
    }

    /// <summary>A message is out until then, or its lease now ends then.</summary>
    public void Set(LockedLease lease)
    {
        leases.RemoveAll(l => l.Lease == lease.Lease);
        leases.Add(lease);
        touched = true;
    }

    /// <summary>A message is not out any more.</summary>
    public void Remove(LeaseId lease)
    {
        if (leases.RemoveAll(l => l.Lease == lease) > 0)
            touched = true;
    }
}

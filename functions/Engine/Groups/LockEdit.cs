using FuncQueue.Engine.Decisions;

namespace FuncQueue.Engine.Groups;

/// <summary>The changes of one flight to one group's lock.</summary>
/// <param name="before">The lock as known; null: none, as far as is known.</param>
internal sealed class LockEdit(ulong group, GroupLock? before)
{
    private readonly List<LockedLease> leases = [.. before?.Leases ?? []];
    private bool touched;

    public ulong Group => group;

    public GroupLock? Before => before;

    /// <summary>The leases to be listed.</summary>
    public IReadOnlyList<LockedLease> Leases => leases;

    /// <summary>Whether the lock is written. One that is not there and lists nothing is not, unless its absence must be made sure of.</summary>
    public bool Changed => touched && (before is not null || leases.Count > 0 || MustAssert);

    /// <summary>Messages are handed out for good: the lock lists nothing for them, but nobody else may hold it at that instant.</summary>
    public bool MustAssert { get; private set; }

    /// <summary>What becomes of the stored row: gone when nothing is out. A lock that lists nothing is only inserted to make sure that there was none.</summary>
    public bool IsOver => before is not null && leases.Count == 0;

    public bool Holds(DeliveryPolicy policy, DateTimeOffset now) => leases.Exists(l => now < l.EndsAt(policy));

    public bool Lists(LeaseId lease) => leases.Exists(l => l.Lease == lease);

    /// <summary>A claim begins: whatever is still listed has ended.</summary>
    public void Take()
    {
        leases.Clear();
        touched = true;
    }

    /// <summary>A claim of messages that are gone when handed out.</summary>
    public void Assert()
    {
        Take();
        MustAssert = true;
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

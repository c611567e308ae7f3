using Azure;
using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Groups;

namespace FuncQueue.Engine.Tests.Pure;

/// <summary>What a flight makes of a group's lock.</summary>
public sealed class LockEditTests
{
    private const ulong Group = 7;

    private static readonly DateTimeOffset Now = Any.Epoch;
    private static readonly ProcessId Own = new(1);
    private static readonly ProcessId Other = new(2);
    private static readonly TimeSpan Skew = TimeSpan.FromMilliseconds(250);
    private static readonly DeliveryPolicy Policy = DeliveryPolicy.For(new QueueSettings(), MessageSource.Live, Skew, Own);

    [Fact]
    public void Who_takes_the_group_forgets_leases_that_have_ended_and_no_other()
    {
        var edit = Edit(
            Lease(Own, 1, endsIn: 0),
            Lease(Own, 2, endsIn: 1),
            Lease(Other, 3, endsIn: -250),
            Lease(Other, 4, endsIn: -249),
            Lease(Own, 5, endsIn: -249, extended: true)
        );
        edit.Take(Policy, Now);
        edit.Leases.Select(l => (uint)l.Lease.Value).ShouldBe([2u, 4u, 5u]);
        edit.Changed.ShouldBeTrue();
    }

    [Fact]
    public void What_a_flight_lists_is_not_forgotten_by_it_even_if_it_ends_at_once()
    {
        var edit = Edit(Lease(Own, 1, endsIn: 0));
        foreach (var number in new uint[] { 2, 3 })
        {
            edit.Take(Policy, Now);
            edit.Set(Lease(Own, number, endsIn: 0));
        }

        edit.Leases.Select(l => (uint)l.Lease.Value).ShouldBe([2u, 3u]);
    }

    [Fact]
    public void A_lock_that_lists_nothing_is_removed_and_never_inserted()
    {
        var edit = Edit(Lease(Own, 1, endsIn: 10));
        edit.Remove(LeaseId.Create(Own, 1));
        (edit.Changed, edit.IsOver).ShouldBe((true, true));
        var none = new LockEdit(Group, before: null);
        none.Take(Policy, Now);
        (none.Changed, none.IsOver).ShouldBe((false, false));
    }

    [Fact]
    public void What_is_not_listed_changes_nothing()
    {
        var edit = Edit(Lease(Own, 1, endsIn: 10));
        edit.Remove(LeaseId.Create(Own, 2));
        edit.Remove(default);
        edit.Changed.ShouldBeFalse();
    }

    [Fact]
    public void Only_a_lock_of_a_later_version_cannot_be_read()
    {
        GroupLock.Unreadable(Group, default).IsReadable.ShouldBeFalse();
        new GroupLock(Group, [], default).IsReadable.ShouldBeTrue();
        new GroupLock(Group, [Lease(Other, uint.MaxValue, endsIn: 10)], default).IsReadable.ShouldBeTrue();
    }

    private static LockEdit Edit(params LockedLease[] listed) => new(Group, new GroupLock(Group, listed, new ETag("e")));

    private static LockedLease Lease(ProcessId process, uint number, int endsIn, bool extended = false) =>
        new(LeaseId.Create(process, number), Now + TimeSpan.FromMilliseconds(endsIn), extended);
}

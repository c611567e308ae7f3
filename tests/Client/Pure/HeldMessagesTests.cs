using FuncQueue.Client.Processing;

namespace FuncQueue.Client.Tests.Pure;

public sealed class HeldMessagesTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task No_handler_begins_with_less_than_a_third_of_its_lease_left()
    {
        var held = new HeldMessages(Lease, 10, 10);
        held.Add([Message(endsAt: 30)]);
        held.TakeNext(TimeSpan.FromSeconds(20.1)).ShouldBeNull();
        var taken = held.TakeNext(TimeSpan.FromSeconds(20)).ShouldNotBeNull();
        held.Renewed(taken, TimeSpan.FromSeconds(60));
        held.MayBegin(taken, TimeSpan.FromSeconds(50)).ShouldBeTrue();
        await taken.LoseAsync();
        held.MayBegin(taken, TimeSpan.Zero).ShouldBeFalse();
    }

    [Fact]
    public void Of_a_group_one_runs_at_a_time_and_none_overtakes_one_that_cannot_begin()
    {
        var held = new HeldMessages(Lease, 10, 10);
        var (a1, a2, b1) = (Message("a", 5), Message("a"), Message("b"));
        held.Add([a1, a2, b1]);
        held.TakeNext(TimeSpan.Zero).ShouldBe(b1);
        held.TakeNext(TimeSpan.Zero).ShouldBeNull();
        held.Renewed(a1, Lease);
        held.TakeNext(TimeSpan.Zero).ShouldBe(a1);
        held.TakeNext(TimeSpan.Zero).ShouldBeNull();
        held.Ended(a1, succeeded: true);
        held.TakeNext(TimeSpan.Zero).ShouldBe(a2);
    }

    [Fact]
    public void After_a_failure_the_rest_of_the_group_does_not_begin()
    {
        var held = new HeldMessages(Lease, 10, 10);
        var (a1, a2) = (Message("a"), Message("a"));
        held.Add([a1, a2]);
        held.TakeNext(TimeSpan.Zero).ShouldBe(a1);
        held.Ended(a1, succeeded: false);
        held.TakeNext(TimeSpan.Zero).ShouldBeNull();
        held.TakeGroup("a").ShouldBe([a2]);
        held.FreeGroup("a");
        held.TakeNext(TimeSpan.Zero).ShouldBeNull();
    }

    [Fact]
    public void Nothing_is_renewed_until_one_is_due_and_then_all_that_soon_would_be()
    {
        var held = new HeldMessages(Lease, 10, 10);
        var (first, soon, late) = (Message(endsAt: 30), Message(endsAt: 37), Message(endsAt: 45));
        held.Add([late, soon, first]);
        held.Due(TimeSpan.FromSeconds(14.9)).ShouldBeEmpty();
        held.NextLook(renewing: false).ShouldBe(TimeSpan.FromSeconds(15));
        held.NextLook(renewing: true).ShouldBe(TimeSpan.FromSeconds(30));
        held.Due(TimeSpan.FromSeconds(15)).ShouldBe([first, soon]);
    }

    [Fact]
    public void No_more_than_concurrency_run_and_no_more_than_may_be_fetched_ahead_are_asked_for()
    {
        var held = new HeldMessages(Lease, concurrency: 2, prefetch: 4);
        held.Room.ShouldBe(6);
        held.Add(Enumerable.Range(0, 6).Select(_ => Message()));
        held.Room.ShouldBe(0);
        var first = held.TakeNext(TimeSpan.Zero)!;
        held.TakeNext(TimeSpan.Zero).ShouldNotBeNull();
        held.TakeNext(TimeSpan.Zero).ShouldBeNull();
        held.Ended(first, succeeded: true);
        held.Remove(first);
        held.TakeNext(TimeSpan.Zero).ShouldNotBeNull();
        // More is asked for when half of what was fetched ahead is left.
        held.Room.ShouldBe(0);
        var second = held.TakeWaiting()[0];
        held.Remove(second);
        held.Room.ShouldBe(2);
    }

    private static HeldMessage Message(string? group = null, double endsAt = 30) =>
        new(
            new ReceivedMessage
            {
                MessageId = Guid.NewGuid(),
                GroupId = group,
                LeaseEndsAt = TimeSpan.FromSeconds(endsAt),
            }
        );
}

using FuncQueue.Chaos.Checking;
using FuncQueue.Chaos.Histories;
using Shouldly;
using Xunit;

namespace FuncQueue.Chaos.Tests;

/// <summary>What the checker says of leases and receipts in histories that are told by hand.</summary>
public sealed class LeaseRuleTests
{
    private static readonly Counts Nothing = new(0, 0, 0, 0);

    [Fact]
    public void A_second_lease_before_the_end_of_the_first_overlaps()
    {
        new Story()
            .Send("a")
            .Deliver(1, 11, "a")
            .Deliver(10.9, 20, null, 2, "a")
            .Ack("a", 10.9, 12)
            .Find(Nothing, [])
            .Broken()
            .ShouldBe([Rule.OverlappingLeases]);
        new Story().Send("a").Deliver(1, 11, "a").Deliver(11, 20, null, 2, "a").Ack("a", 11, 12).Find(Nothing, []).Broken().ShouldBeEmpty();
    }

    [Fact]
    public void A_lease_that_overlaps_one_before_the_last_is_found_too() =>
        new Story()
            .Send("a")
            .Deliver(1, 30, "a")
            .Settle(Verb.Nack, "a", 1, 4, ending: Ending.Failed)
            .Deliver(5, 6, null, 2, "a")
            .Deliver(20, 40, null, 3, "a")
            .Ack("a", 20, 21)
            .Find(Nothing, [])
            .Check()
            .Count(Rule.OverlappingLeases)
            .ShouldBe(2);

    [Fact]
    public void An_extension_that_succeeded_holds_the_lease_longer()
    {
        Story Extended(Ending ending, double next) =>
            new Story()
                .Send("a")
                .Deliver(1, 11, "a")
                .Settle(Verb.Extend, "a", 1, 8, ending: ending, until: 18)
                .Deliver(next, 30, null, 2, "a")
                .Ack("a", next, next + 1)
                .Find(Nothing, []);
        Extended(Ending.Ok, 17).Broken().ShouldBe([Rule.OverlappingLeases]);
        Extended(Ending.Ok, 18).Broken().ShouldBeEmpty();
        Extended(Ending.Unknown, 11).Broken().ShouldBeEmpty();
        Extended(Ending.Unknown, 10).Broken().ShouldBe([Rule.OverlappingLeases]);
    }

    [Fact]
    public void A_nack_that_may_have_arrived_ends_the_lease() =>
        new Story()
            .Send("a")
            .Deliver(1, 11, "a")
            .Settle(Verb.Nack, "a", 1, 2, ending: Ending.Unknown)
            .Deliver(2.01, 12, null, 2, "a")
            .Ack("a", 2.01, 3)
            .Find(Nothing, [])
            .Broken()
            .ShouldBeEmpty();

    [Fact]
    public void A_delivery_after_the_ack_is_a_breach()
    {
        new Story()
            .Send("a")
            .Deliver(1, 11, "a")
            .Ack("a", 1, 2)
            .Deliver(12, 22, null, 2, "a")
            .Find(Nothing, [])
            .Broken()
            .ShouldBe([Rule.DeliveredAfterTheEnd]);
        // The ack of a lease that has expired, of a message that another consumer has: it must be refused.
        new Story()
            .Send("a")
            .Deliver(1, 11, "a")
            .Deliver(12, 22, null, 2, "a")
            .Ack("a", 12, 14)
            .Ack("a", 1, 13, Answer.LeaseLost)
            .Find(Nothing, [])
            .Broken()
            .ShouldBeEmpty();
    }

    [Fact]
    public void A_receipt_honoured_after_the_message_was_leased_again_is_stale() =>
        new Story()
            .Send("a")
            .Deliver(1, 11, "a")
            .Deliver(12, 22, null, 2, "a")
            .Ack("a", 1, 13)
            .Ack("a", 12, 14, Answer.LeaseLost)
            .Find(Nothing, [])
            .Broken()
            .ShouldBe([Rule.StaleReceiptHonoured, Rule.LeaseLostWhileHeld]);

    [Fact]
    public void A_nack_and_the_next_lease_in_the_same_millisecond_may_have_come_in_either_order()
    {
        Story Nacked(double at) =>
            new Story()
                .Send("a")
                .Deliver(1, 11, "a")
                .Deliver(2, 12, null, 2, "a")
                .Settle(Verb.Nack, "a", 1, at)
                .Ack("a", 2, 3)
                .Find(Nothing, []);
        Nacked(2.001).Broken().ShouldNotContain(Rule.StaleReceiptHonoured);
        Nacked(2.002).Broken().ShouldContain(Rule.StaleReceiptHonoured);
    }

    [Fact]
    public void A_receipt_honoured_twice_is_stale()
    {
        new Story()
            .Send("a")
            .Deliver(1, 11, "a")
            .Ack("a", 1, 2)
            .Ack("a", 1, 3)
            .Find(Nothing, [])
            .Broken()
            .ShouldBe([Rule.StaleReceiptHonoured]);
        new Story()
            .Send("a")
            .Deliver(1, 11, "a")
            .Ack("a", 1, 2, ending: Ending.Unknown)
            .Ack("a", 1, 3)
            .Find(Nothing, [])
            .Broken()
            .ShouldBeEmpty();
        new Story()
            .Send("a")
            .Deliver(1, 11, "a")
            .Settle(Verb.Nack, "a", 1, 2)
            .Settle(Verb.Extend, "a", 1, 3, until: 20)
            .Ack("a", 1, 4, Answer.LeaseLost, Ending.Unknown)
            .Find(Nothing, [])
            .Broken()
            .ShouldBe([Rule.StaleReceiptHonoured]);
    }

    [Fact]
    public void A_refusal_while_the_lease_holds_is_a_breach()
    {
        new Story()
            .Send("a")
            .Deliver(1, 11, "a")
            .Ack("a", 1, 10, Answer.LeaseLost)
            .Deliver(12, 22, null, 2, "a")
            .Ack("a", 12, 13)
            .Find(Nothing, [])
            .Broken()
            .ShouldBe([Rule.LeaseLostWhileHeld]);
        new Story()
            .Send("a")
            .Deliver(1, 11, "a")
            .Ack("a", 1, 11, Answer.LeaseLost)
            .Deliver(12, 22, null, 2, "a")
            .Ack("a", 12, 13)
            .Find(Nothing, [])
            .Broken()
            .ShouldBeEmpty();
        new Story()
            .Send("a")
            .Deliver(1, 11, "a")
            .Ack("a", 1, 2, ending: Ending.Unknown)
            .Ack("a", 1, 10, Answer.LeaseLost)
            .Find(Nothing, [])
            .Broken()
            .ShouldBeEmpty();
    }

    [Fact]
    public void Of_two_settlements_of_one_lease_at_one_time_one_succeeds()
    {
        Story Twice(Answer second, Ending ending = Ending.Ok) =>
            new Story().Send("a").Deliver(1, 11, "a").Ack("a", 1, 2).Ack("a", 1, 2.05, second, ending).Find(Nothing, []);
        Twice(Answer.Ok).Broken().ShouldBe([Rule.SettledTwice]);
        Twice(Answer.LeaseLost).Broken().ShouldBeEmpty();
        Twice(Answer.Ok, Ending.Unknown).Broken().ShouldBeEmpty();
    }
}

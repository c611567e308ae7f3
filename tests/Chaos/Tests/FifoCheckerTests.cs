using FuncQueue.Chaos.Checking;
using FuncQueue.Chaos.Histories;
using Shouldly;
using Xunit;

namespace FuncQueue.Chaos.Tests;

/// <summary>The checker knows what FIFO queues promise on top.</summary>
public sealed class FifoCheckerTests
{
    private static Story TwoOfAGroup() => new Story(fifo: true).Send("a", 0, group: "g", number: 1).Send("b", 1, group: "g", number: 2);

    private static Story Fifo(Story story) => story.Find(default, []);

    [Fact]
    public void In_order_one_after_the_other_or_together_it_holds()
    {
        Fifo(TwoOfAGroup().Deliver(2, 12, "g", 1, "a").Ack("a", 2, 3).Deliver(4, 14, "g", 1, "b").Ack("b", 4, 5)).Broken().ShouldBeEmpty();
        Fifo(TwoOfAGroup().Deliver(2, 12, "g", 1, "a", "b").Ack("a", 2, 3).Ack("b", 2, 3)).Broken().ShouldBeEmpty();
        Fifo(TwoOfAGroup().Deliver(2, 12, "g", 1, "a", "b").Ack("b", 2, 3).Deliver(13, 20, "g", 2, "a").Ack("a", 13, 14))
            .Broken()
            .ShouldBeEmpty();
    }

    [Fact]
    public void A_message_delivered_after_a_later_one_of_its_group_breaks_the_order() =>
        Fifo(TwoOfAGroup().Deliver(2, 12, "g", 1, "b").Ack("b", 2, 3).Deliver(4, 14, "g", 1, "a").Ack("a", 4, 5))
            .Broken()
            .ShouldBe([Rule.OrderViolation]);

    [Fact]
    public void A_message_delivered_again_after_a_later_one_was_delivered_breaks_the_order() =>
        Fifo(TwoOfAGroup().Deliver(2, 4, "g", 1, "a").Deliver(5, 7, "g", 1, "b").Ack("b", 5, 6).Deliver(8, 18, "g", 2, "a").Ack("a", 8, 9))
            .Broken()
            .ShouldBe([Rule.OrderViolation]);

    [Fact]
    public void The_wrong_order_within_one_answer_is_a_breach() =>
        Fifo(TwoOfAGroup().Deliver(2, 12, "g", 1, "b", "a").Ack("a", 2, 3).Ack("b", 2, 3)).Broken().ShouldBe([Rule.OrderViolation]);

    [Fact]
    public void A_message_delivered_while_an_earlier_one_is_out_breaks_the_order() =>
        Fifo(TwoOfAGroup().Deliver(2, 12, "g", 1, "a").Deliver(3, 13, "g", 1, "b").Ack("a", 2, 4).Ack("b", 3, 5))
            .Broken()
            .ShouldBe([Rule.OrderViolation]);

    [Fact]
    public void The_first_may_be_delivered_again_while_later_ones_are_out() =>
        Fifo(
                TwoOfAGroup()
                    .Deliver(2, 12, "g", 1, "a", "b")
                    .Settle(Verb.Nack, "a", 2, 3)
                    .Deliver(4, 14, "g", 2, "a")
                    .Settle(Verb.Extend, "b", 2, 5, until: 20)
                    .Ack("a", 4, 6)
                    .Ack("b", 2, 7)
            )
            .Broken()
            .ShouldBeEmpty();

    [Fact]
    public void What_is_behind_a_message_waits_until_that_is_settled() =>
        Fifo(
                new Story(fifo: true)
                    .Send("a", group: "g")
                    .Send("b", 1, group: "g")
                    .Send("c", 2, group: "g")
                    .Deliver(3, 13, "g", 1, "a", "b")
                    .Ack("a", 3, 4)
                    .Deliver(5, 15, "g", 1, "c")
                    .Ack("b", 3, 6)
                    .Ack("c", 5, 7)
            )
            .Broken()
            .ShouldBe([Rule.OrderViolation]);

    [Fact]
    public void An_extension_after_the_end_takes_the_lease_up_again_but_did_not_hold_the_message_in_between()
    {
        Story Again(double at) =>
            Fifo(
                TwoOfAGroup()
                    .Deliver(2, 4, "g", 1, "a", "b")
                    .Settle(Verb.Extend, "a", 2, 7, until: 17)
                    .Deliver(at, 20, "g", 2, "b")
                    .Ack("b", at, at + 0.5)
                    .Ack("a", 2, 10)
            );
        Again(6).Broken().ShouldBeEmpty();
        Again(9).Broken().ShouldBe([Rule.OrderViolation]);
    }

    [Fact]
    public void Where_it_is_not_known_which_came_first_nobody_is_blamed()
    {
        Story At(double from, double by) =>
            Fifo(
                TwoOfAGroup()
                    .Deliver(2, 12, "g", 1, "a")
                    .Deliver(Story.Delivery("b", by, 20, "g") with { BeganFrom = Story.At(from), SequenceNumber = 2 })
                    .Ack("a", 2, 8)
                    .Ack("b", by, by + 1)
            );
        At(1, 4).Broken().ShouldBeEmpty();
        At(4, 9).Broken().ShouldBeEmpty();
        At(3, 4).Broken().ShouldBe([Rule.OrderViolation]);
    }

    [Fact]
    public void A_message_that_was_deleted_with_its_queue_holds_nothing_back()
    {
        Story Deleted(double from, double to) =>
            Fifo(
                TwoOfAGroup()
                    .Deliver(2, 12, "g", 1, "a")
                    .Delete(from, to)
                    .Send("c", 6, group: "g")
                    .Deliver(7, 17, "g", 1, "c")
                    .Ack("c", 7, 8)
                    .Ack("a", 2, 9, Answer.Malformed)
            );
        Deleted(4, 5).Broken().ShouldBeEmpty();
        Deleted(8, 9).Broken().ShouldContain(Rule.OrderViolation);
    }

    [Fact]
    public void Groups_do_not_concern_each_other() =>
        Fifo(
                new Story(fifo: true)
                    .Send("a", 0, group: "g")
                    .Send("b", 1, group: "h")
                    .Deliver(2, 12, "h", 1, "b")
                    .Deliver(3, 13, "g", 1, "a")
                    .Ack("a", 3, 4)
                    .Ack("b", 2, 4)
            )
            .Broken()
            .ShouldBeEmpty();

    [Fact]
    public void Sequence_numbers_that_do_not_rise_break_the_order() =>
        Fifo(
                new Story(fifo: true)
                    .Send("a", 0, group: "g", number: 2)
                    .Send("b", 1, group: "g", number: 1)
                    .Deliver(2, 12, "g", 1, "a")
                    .Ack("a", 2, 3)
                    .Deliver(4, 14, "g", 1, "b")
                    .Ack("b", 4, 5)
            )
            .Broken()
            .ShouldBe([Rule.OrderViolation]);

    [Fact]
    public void A_message_whose_enqueue_is_uncertain_has_no_place_in_the_order() =>
        Fifo(
                new Story(fifo: true)
                    .Send("a", 0, Ending.Unknown, "g")
                    .Send("b", 1, group: "g")
                    .Deliver(2, 12, "g", 1, "b")
                    .Ack("b", 2, 3)
                    .Deliver(4, 14, "g", 1, "a")
                    .Ack("a", 4, 5)
            )
            .Broken()
            .ShouldBeEmpty();
}

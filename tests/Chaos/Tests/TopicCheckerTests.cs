using FuncQueue.Chaos.Checking;
using FuncQueue.Chaos.Histories;
using Shouldly;
using Xunit;

namespace FuncQueue.Chaos.Tests;

/// <summary>The checker knows what topics promise.</summary>
public sealed class TopicCheckerTests
{
    private static TopicStory Stored() => new TopicStory().Store("x", 0).Deliver("a", "x", 0);

    [Fact]
    public void Records_that_are_in_their_places_and_in_the_queues_that_take_them_hold() =>
        Stored()
            .Deliver("b", "x", 0, number: 1)
            .Store("y", 1, colour: "blue")
            .Deliver("a", "y", 1)
            .Deliver("c", "y", 1)
            .Store("z", 2, colour: "grey")
            .Deliver("a", "z", 2)
            .Deliver("rest", "z", 2)
            .Publish("refused", null, ending: Ending.Failed)
            .Publish("unknown", null, ending: Ending.Unknown)
            .Broken()
            .ShouldBeEmpty();

    [Fact]
    public void A_record_is_at_the_offset_that_its_publisher_was_told()
    {
        new TopicStory().Publish("x", 0).Broken().ShouldContain(Rule.Lost);
        new TopicStory().Publish("x", 0).Publish("y", null, ending: Ending.Unknown).Read("y", 0).Broken().ShouldContain(Rule.Lost);
    }

    [Fact]
    public void A_record_that_nobody_published_or_that_was_refused_or_is_another_is_unexpected()
    {
        new TopicStory().Read("x", 0).Broken().ShouldBe([Rule.Unexpected]);
        new TopicStory().Publish("x", null, ending: Ending.Failed).Read("x", 0).Broken().ShouldContain(Rule.Unexpected);
        new TopicStory().Publish("x", 0).Read("x", 0, digest: "altered").Broken().ShouldContain(Rule.Unexpected);
        new TopicStory().Publish("x", 0).Read("x", 0, digest: null).Broken().ShouldNotContain(Rule.Unexpected);
    }

    [Fact]
    public void A_record_at_two_offsets_is_stored_twice() =>
        Stored().Deliver("b", "x", 0).Read("x", 1).Broken().ShouldContain(Rule.StoredTwice);

    [Fact]
    public void Offsets_are_dense()
    {
        new TopicStory().Store("x", 1).Broken().ShouldContain(Rule.OffsetGap);
        new TopicStory().Store("x", 0).Store("y", 2).Broken().ShouldContain(Rule.OffsetGap);
        new TopicStory().Store("x", 1).Store("y", 0).Broken().ShouldNotContain(Rule.OffsetGap);
    }

    [Fact]
    public void What_was_read_at_an_offset_is_read_there_again()
    {
        new TopicStory().Store("x", 0).Read("other", 0, isLast: false).Broken().ShouldContain(Rule.RecordChanged);
        new TopicStory().Store("x", 0).Read("gone", 1, isLast: false).Broken().ShouldContain(Rule.RecordChanged);
        new TopicStory().Store("x", 0).Read("x", 0, isLast: false, digest: null).Broken().ShouldNotContain(Rule.RecordChanged);
    }

    [Fact]
    public void Of_one_key_records_are_in_the_order_of_their_publishes()
    {
        new TopicStory().Store("x", 1, orderKey: "k").Store("y", 0, 2, orderKey: "k").Broken().ShouldContain(Rule.OrderViolation);
        new TopicStory().Store("x", 1, orderKey: "k").Store("y", 0, 2, orderKey: "l").Broken().ShouldNotContain(Rule.OrderViolation);
    }

    [Fact]
    public void A_record_that_is_not_in_a_queue_that_takes_it_is_missing() =>
        Stored().Broken().ShouldBe([Rule.NotForwarded, Rule.WrongMatch]);

    [Fact]
    public void A_record_in_a_queue_that_does_not_take_it_is_misrouted() =>
        Stored().Deliver("b", "x", 0).Deliver("c", "x", 0).Broken().ShouldBe([Rule.Misrouted, Rule.WrongMatch]);

    [Fact]
    public void A_record_in_a_queue_as_two_messages_is_forwarded_twice_unless_that_was_asked_for()
    {
        TopicStory Twice() => Stored().Deliver("b", "x", 0).Deliver("a", "x", 0, "again");
        Twice().Broken().ShouldBe([Rule.ForwardedTwice]);
        var story = Twice();
        story.Replays = 1;
        story.Broken().ShouldBeEmpty();
        var reborn = new TopicStory().Store("x", 0).Deliver("b", "x", 0).Deliver("a", "x", 0, forGood: false).Redrive("a");
        reborn.Deliver("a", "x", 0, "again", original: "a-x").Broken().ShouldBeEmpty();
    }

    [Fact]
    public void A_record_in_both_queues_of_a_choice_or_in_none_is_a_breach_whatever_the_filters_were()
    {
        TopicStory Swapped() => Stored().Swap(0.5, 2);
        Swapped().Deliver("b", "x", 0).Broken().ShouldBeEmpty();
        Swapped().Deliver("c", "x", 0).Broken().ShouldBeEmpty();
        Swapped().Broken().ShouldContain(Rule.NotForwarded);
        Swapped().Deliver("b", "x", 0).Deliver("c", "x", 0).Broken().ShouldContain(Rule.Misrouted);
    }

    [Fact]
    public void A_change_that_was_answered_holds_for_what_is_published_after_it_and_none_before_it_began()
    {
        Stored().Swap(0.2, 0.9).Deliver("c", "x", 0).Broken().ShouldBeEmpty();
        Stored().Swap(0.2, 0.9).Deliver("b", "x", 0).Broken().ShouldContain(Rule.NotForwarded);
        Stored().Swap(1.2, 2).Deliver("c", "x", 0).Broken().ShouldContain(Rule.NotForwarded);
        Stored().Swap(1.2, 2).Deliver("b", "x", 0).Broken().ShouldBeEmpty();
    }

    [Fact]
    public void A_record_whose_publisher_does_not_know_may_have_been_stored_at_any_time_since() =>
        new TopicStory()
            .Publish("x", null, ending: Ending.Unknown)
            .Read("x", 0)
            .Deliver("a", "x", 0)
            .Deliver("c", "x", 0)
            .Swap(40, 41)
            .Broken()
            .ShouldBeEmpty();

    [Fact]
    public void The_number_of_subscriptions_that_the_answer_tells_is_the_number_of_queues_without_the_alternate()
    {
        TopicStory Told(int matched) =>
            new TopicStory().Publish("x", 0, matched: matched).Read("x", 0).Deliver("a", "x", 0).Deliver("b", "x", 0);
        Told(2).Broken().ShouldBeEmpty();
        Told(1).Broken().ShouldBe([Rule.WrongMatch]);
    }

    [Fact]
    public void A_message_that_names_a_place_where_another_record_is_or_with_another_body_is_unexpected()
    {
        Stored().Deliver("b", "x", 0).Deliver("a", "y", 0, "other").Broken().ShouldContain(Rule.Unexpected);
        Stored().Deliver("b", "x", 0).Deliver("a", "y", 7, "other").Broken().ShouldContain(Rule.Unexpected);
    }

    [Fact]
    public void Into_a_fifo_queue_records_of_one_key_come_in_their_order()
    {
        TopicStory Numbered(long first, long second) =>
            Stored().Store("y", 1).Deliver("a", "y", 1).Deliver("b", "x", 0, number: first).Deliver("b", "y", 1, number: second);
        Numbered(1, 2).Broken().ShouldBeEmpty();
        Numbered(2, 1).Broken().ShouldBe([Rule.OrderViolation]);
    }
}

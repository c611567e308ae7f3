using FuncQueue.Chaos.Checking;
using FuncQueue.Chaos.Histories;
using Shouldly;
using Xunit;

namespace FuncQueue.Chaos.Tests;

/// <summary>The checker finds each breach, and does not cry wolf at what is nearly one.</summary>
public sealed class CheckerTests
{
    private static readonly Counts Nothing = new(0, 0, 0, 0);

    [Fact]
    public void A_faultless_history_holds_and_is_counted()
    {
        var verdict = new Story()
            .Send("a")
            .Send("b")
            .Send("c", ending: Ending.Failed)
            .Send("d", ending: Ending.Unknown)
            .Deliver(1, 11, "a", "b")
            .Ack("a", 1, 2)
            .Deliver(11.5, 20, null, 2, "b")
            .Ack("b", 11.5, 12)
            .Find(Nothing, [])
            .Check();
        verdict.Violations.ShouldBeEmpty();
        (verdict.Sent, verdict.Acknowledged, verdict.Delivered, verdict.Duplicates, verdict.DeadLettered).ShouldBe((4, 2, 3, 1, 0));
    }

    [Fact]
    public void A_message_acknowledged_and_never_seen_again_is_lost() =>
        new Story().Send("a").Find(Nothing, []).Broken().ShouldBe([Rule.Lost]);

    [Fact]
    public void A_message_delivered_and_gone_without_an_ack_is_lost() =>
        new Story().Send("a", ending: Ending.Unknown).Deliver(1, 11, "a").Find(Nothing, []).Broken().ShouldBe([Rule.Lost]);

    [Fact]
    public void A_message_whose_ack_was_refused_and_which_is_gone_is_lost() =>
        new Story().Send("a").Deliver(1, 11, "a").Ack("a", 1, 12, Answer.LeaseLost).Find(Nothing, []).Broken().ShouldBe([Rule.Lost]);

    [Fact]
    public void A_message_whose_ack_may_have_arrived_is_not_lost() =>
        new Story().Send("a").Deliver(1, 11, "a").Ack("a", 1, 2, ending: Ending.Unknown).Find(Nothing, []).Broken().ShouldBeEmpty();

    [Fact]
    public void A_dead_letter_that_was_dead_lettered_and_is_not_listed_is_lost() =>
        new Story().Send("a").Deliver(1, 11, "a").Settle(Verb.DeadLetter, "a", 1, 2).Find(Nothing, []).Broken().ShouldBe([Rule.Lost]);

    [Fact]
    public void A_redriven_message_lives_on_under_its_new_id()
    {
        var reborn = Story.Delivery("a", 5, 15) with { MessageId = "A2", OriginalMessageId = "A", Lease = "a@5" };
        new Story()
            .Send("a")
            .Deliver(1, 11, "a")
            .Settle(Verb.DeadLetter, "a", 1, 2)
            .Revive(3)
            .Deliver(reborn)
            .Find(Nothing, [])
            .Broken()
            .ShouldBe([Rule.Lost]);
        new Story()
            .Send("a")
            .Deliver(1, 11, "a")
            .Settle(Verb.DeadLetter, "a", 1, 2)
            .Revive(3)
            .Deliver(reborn)
            .Find(new Counts(0, 0, 0, 1), [], Story.Letter("a2", 1, original: "A") with { Key = "a" })
            .Broken()
            .ShouldBeEmpty();
    }

    [Fact]
    public void A_message_that_was_redriven_twice_names_its_first_id_and_the_last_of_its_lives_must_end()
    {
        Delivery Reborn(string id, double at) =>
            Story.Delivery("a", at, at + 10) with
            {
                MessageId = id,
                OriginalMessageId = "A",
                Lease = $"a@{at}",
            };
        var story = new Story().Send("a").Deliver(1, 11, "a").Revive(15).Deliver(Reborn("A2", 20)).Deliver(Reborn("A3", 40));
        story.Find(Nothing, []).Check().Violations.ShouldHaveSingleItem().MessageIds.ShouldBe(["A3"]);
    }

    [Fact]
    public void With_mode_delete_lost_answers_explain_as_many_messages_as_they_asked_for()
    {
        var story = new Story().Send("a").Send("b").Send("c").Take(1, Ending.Ok, 10, "a").Take(2, Ending.Unknown, 2).Find(Nothing, []);
        story.Broken().ShouldBeEmpty();
        story.Send("d").Broken().ShouldBe([Rule.Lost]);
    }

    [Fact]
    public void With_mode_delete_a_second_delivery_is_a_breach() =>
        new Story()
            .Send("a")
            .Take(1, Ending.Ok, 1, "a")
            .Take(2, Ending.Ok, 1, "a")
            .Find(Nothing, [])
            .Broken()
            .ShouldBe([Rule.DeliveredAfterTheEnd]);

    [Fact]
    public void A_message_left_after_the_drain_is_not_lost_but_told() =>
        new Story().Send("a").Find(new Counts(1, 0, 0, 0), ["A"]).Broken().ShouldBe([Rule.Undrained]);

    [Fact]
    public void A_message_that_nobody_sent_is_unexpected() =>
        new Story().Deliver(1, 11, "a").Ack("a", 1, 2).Find(Nothing, []).Broken().ShouldBe([Rule.Unexpected]);

    [Fact]
    public void A_message_whose_sender_was_told_that_nothing_happened_is_unexpected() =>
        new Story()
            .Send("a", ending: Ending.Failed)
            .Deliver(1, 11, "a")
            .Ack("a", 1, 2)
            .Find(Nothing, [])
            .Broken()
            .ShouldBe([Rule.Unexpected]);

    [Fact]
    public void A_message_with_another_body_is_unexpected()
    {
        var altered = Story.Delivery("a", 1, 11) with { Digest = "altered" };
        new Story().Send("a").Deliver(altered).Ack("a", 1, 2).Find(Nothing, []).Broken().ShouldBe([Rule.Unexpected]);
    }

    [Fact]
    public void A_deduplication_id_that_led_to_two_messages_is_a_breach()
    {
        new Story()
            .Send("a", deduplicationId: "d")
            .Send("a", 1, id: "A2", deduplicationId: "d")
            .Deliver(2, 12, "a")
            .Ack("a", 2, 3)
            .Deliver(Story.Delivery("a", 4, 14) with { MessageId = "A2", Lease = "second" })
            .Find(new Counts(1, 0, 0, 0), ["A2"])
            .Broken()
            .ShouldBe([Rule.Undrained, Rule.StoredTwice]);
        // The first attempt's message comes to light although only the second attempt was acknowledged, with another id.
        new Story()
            .Send("a", ending: Ending.Unknown)
            .Send("a", 1, id: "A2")
            .Take(2, Ending.Ok, 10, "a")
            .Take(3, Ending.Unknown, 1)
            .Find(Nothing, [])
            .Broken()
            .ShouldBe([Rule.StoredTwice]);
    }

    [Fact]
    public void Delivery_counts_rise_and_stay_within_the_limit()
    {
        new Story()
            .Send("a")
            .Deliver(1, 11, "a")
            .Deliver(12, 22, null, 1, "a")
            .Ack("a", 12, 13)
            .Find(Nothing, [])
            .Broken()
            .ShouldBe([Rule.DeliveryCount]);
        new Story().Send("a").Deliver(1, 11, null, 4, "a").Ack("a", 1, 2).Find(Nothing, []).Broken().ShouldBe([Rule.DeliveryCount]);
        new Story().Send("a").Deliver(1, 11, null, 0, "a").Ack("a", 1, 2).Find(Nothing, []).Broken().ShouldBe([Rule.DeliveryCount]);
    }

    [Fact]
    public void A_dead_letter_has_a_reason_and_a_count_between_the_deliveries_seen_and_the_limit()
    {
        Story Dead(DeadLetter letter) =>
            new Story().Send("a").Deliver(1, 2, null, 1, "a").Deliver(3, 4, null, 2, "a").Find(new Counts(0, 0, 0, 1), [], letter);
        Dead(Story.Letter("a", 3)).Broken().ShouldBeEmpty();
        Dead(Story.Letter("a", 2)).Broken().ShouldBeEmpty();
        Dead(Story.Letter("a", 1)).Broken().ShouldBe([Rule.DeadLetter]);
        Dead(Story.Letter("a", 4)).Broken().ShouldBe([Rule.DeadLetter]);
        Dead(Story.Letter("a", 3, reason: null)).Broken().ShouldBe([Rule.DeadLetter]);
    }

    [Theory]
    [InlineData(1, 0, 0, 1)]
    [InlineData(0, 0, 0, 0)]
    [InlineData(0, 1, 0, 1)]
    [InlineData(0, 0, 1, 1)]
    [InlineData(0, 0, 0, 2)]
    public void Counts_that_differ_from_the_lists_are_a_breach(long ready, long leased, long scheduled, long deadLettered) =>
        new Story()
            .Send("a")
            .Find(new Counts(ready, leased, scheduled, deadLettered), [], Story.Letter("a"))
            .Broken()
            .ShouldBe([Rule.CountMismatch]);

    [Fact]
    public void Orphan_blobs_strange_answers_and_deliveries_with_a_wrong_clock_are_breaches()
    {
        var story = new Story();
        story.OrphanBlobs.Add("q1/00/blob");
        story.Broken().ShouldBe([Rule.OrphanBlob]);
        new Story().HearStrange("POST 500").Broken().ShouldBe([Rule.StrangeAnswer]);
        new Story().Send("a").DeliverWithWrongClock("a").Ack("a", 1, 2).Find(Nothing, []).Broken().ShouldBe([Rule.DeliveredWithWrongClock]);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2.5, true)]
    [InlineData(3.1, false)]
    public void What_was_sent_before_a_deletion_had_ended_may_have_gone_with_the_queue_and_nothing_else(double sent, bool mayBeGone) =>
        new Story().Send("a", sent).Delete(2, 3).Find(Nothing, []).Broken().ShouldBe(mayBeGone ? [] : [Rule.Lost]);

    [Fact]
    public void A_queue_made_again_has_nothing_of_the_one_before()
    {
        new Story().Send("a").Delete(2, 3).Deliver(4, 14, "a").Ack("a", 4, 5).Find(Nothing, []).Broken().ShouldBe([Rule.Unexpected]);
        new Story().Send("a", 2.5).Delete(2, 3).Deliver(4, 14, "a").Ack("a", 4, 5).Find(Nothing, []).Broken().ShouldBeEmpty();
        new Story()
            .Send("a", ending: Ending.Unknown)
            .Delete(2, 3)
            .Deliver(4, 14, "a")
            .Ack("a", 4, 5)
            .Find(Nothing, [])
            .Broken()
            .ShouldBeEmpty();
    }

    [Fact]
    public void A_receipt_of_a_queue_that_was_deleted_may_be_refused_and_a_deduplication_id_holds_within_one_queue()
    {
        Story Refused(double from, double to) =>
            new Story().Send("a").Deliver(1, 11, "a").Delete(from, to).Ack("a", 1, 5, Answer.Malformed);
        Refused(3, 4).Find(Nothing, []).Broken().ShouldBeEmpty();
        Refused(6, 7).Find(Nothing, []).Broken().ShouldBe([Rule.LeaseLostWhileHeld]);
        new Story()
            .Send("a", 1, id: "A", deduplicationId: "d")
            .Delete(2, 3)
            .Send("a", 4, id: "A2", deduplicationId: "d")
            .Deliver(Story.Delivery("a", 5, 15) with { MessageId = "A2" })
            .Ack("a2", 5, 6)
            .Find(Nothing, [])
            .Broken()
            .ShouldNotContain(Rule.StoredTwice);
    }
}

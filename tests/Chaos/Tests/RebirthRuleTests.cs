using FuncQueue.Chaos.Checking;
using FuncQueue.Chaos.Histories;
using Shouldly;
using Xunit;

namespace FuncQueue.Chaos.Tests;

/// <summary>Dead letters made live again one by one, by a filter, in another queue, edited; messages removed or released.</summary>
public sealed class RebirthRuleTests
{
    private static readonly Counts Nothing = new(0, 0, 0, 0);

    /// <summary>Sent, delivered and dead-lettered as A.</summary>
    private static Story Dead() => new Story().Send("a").Deliver(1, 11, "a").Settle(Verb.DeadLetter, "a", 1, 2);

    private static Story End(Story story) => story.Find(Nothing, []);

    [Fact]
    public void A_message_resubmitted_to_another_queue_lives_on_there_and_must_end_there()
    {
        Story Moved() => Dead().Revive(3, "A", Story.Other, newId: "A2").DeliverElsewhere(Story.Reborn("A2", "a", 4, 14));
        End(Moved()).Broken().ShouldBe([Rule.Lost]);
        End(Moved()).Check().Violations.ShouldHaveSingleItem().MessageIds.ShouldBe(["A2"]);
        End(Moved().Remove("A2", 5)).Broken().ShouldBe([Rule.Lost], "that was another queue");
    }

    [Fact]
    public void A_message_resubmitted_and_never_seen_again_is_lost() =>
        End(Dead().Revive(3, "A", newId: "A2")).Check().Violations.ShouldHaveSingleItem().MessageIds.ShouldBe(["A2"]);

    [Fact]
    public void A_resubmission_of_which_nobody_knows_explains_no_loss() =>
        End(Dead().Revive(3, "A", ending: Ending.Unknown)).Broken().ShouldBe([Rule.Lost]);

    [Fact]
    public void A_message_that_was_removed_or_may_have_been_is_not_lost()
    {
        End(Dead().Remove("A", 3, dead: true)).Broken().ShouldBeEmpty();
        End(Dead().Remove("A", 3, Ending.Unknown, dead: true)).Broken().ShouldBeEmpty();
        End(Dead().Remove("A", 3, Ending.Failed, dead: true)).Broken().ShouldBe([Rule.Lost]);
    }

    [Fact]
    public void A_message_that_lived_again_unseen_and_was_removed_is_not_lost()
    {
        Story Removed(Ending ending) => Dead().Revive(3).Remove("A2", 4, ending, original: "A");
        End(Removed(Ending.Ok)).Broken().ShouldBeEmpty();
        End(Removed(Ending.Unknown)).Broken().ShouldBeEmpty();
        End(Removed(Ending.Failed)).Check().Violations.ShouldHaveSingleItem().MessageIds.ShouldBe(["A2"]);
        End(Removed(Ending.Failed).Revive(5).Remove("A3", 6, original: "A")).Broken().ShouldBeEmpty();
    }

    [Fact]
    public void A_message_is_not_to_be_in_two_places()
    {
        Story Twice() => Dead().Revive(3).Deliver(Story.Reborn("A2", "a", 4, 14)).DeliverElsewhere(Story.Reborn("A3", "a", 5, 15));
        Twice().Revive(3, to: Story.Other).Find(Nothing, []).Broken().ShouldBe([Rule.Lost], "the one life may have followed the other");
        // Delivered again as what it had been before.
        var back = Twice().Revive(3, to: Story.Other).Deliver(Story.Reborn("A2", "a", 16, 20));
        End(back).Broken().ShouldContain(Rule.TwoLives);
        // Two lives are acked.
        var acked = Twice().Revive(3, to: Story.Other).Settle(Verb.Ack, "a2", 4, 6).Remove("A3", 7);
        End(acked).Broken().ShouldContain(Rule.TwoLives);
        // It lives although it has ended.
        End(Twice().Revive(3, to: Story.Other).Remove("A2", 4.2)).Broken().ShouldContain(Rule.TwoLives);
    }

    [Fact]
    public void A_dead_letter_that_nobody_asked_for_stays_where_it_is()
    {
        Story Back(Action<Story> ask)
        {
            var story = Dead();
            ask(story);
            return End(story.Deliver(Story.Reborn("A2", "a", 4, 14)).Settle(Verb.Ack, "a2", 4, 5));
        }

        Back(s => s.Revive(3)).Broken().ShouldBeEmpty();
        Back(s => s.Revive(3, prefix: "a")).Broken().ShouldBeEmpty();
        Back(s => s.Revive(3, "A", ending: Ending.Unknown)).Broken().ShouldBeEmpty();
        Back(_ => { }).Broken().ShouldBe([Rule.Unasked]);
        Back(s => s.Revive(3, prefix: "b")).Broken().ShouldBe([Rule.Unasked], "the filter means others");
        Back(s => s.Revive(3, "B")).Broken().ShouldBe([Rule.Unasked], "another one was meant");
        Back(s => s.Revive(6)).Broken().ShouldBe([Rule.Unasked], "it was asked for later");
        Back(s => s.Revive(3, to: Story.Other)).Broken().ShouldBe([Rule.Unasked], "it was to go to another queue");
        Back(s => s.Revive(3, ending: Ending.Failed)).Broken().ShouldBe([Rule.Unasked], "the answer was that nothing happened");
        Back(s => s.Revive(3, moved: 0)).Broken().ShouldBe([Rule.Unasked], "the answer was that none was moved");
    }

    [Fact]
    public void A_message_that_lives_again_is_what_it_was_or_what_somebody_made_of_it()
    {
        Story Edited(string? asked, string delivered, bool known = true) =>
            End(
                Dead()
                    .Revive(3, "A", digest: asked, ending: known ? Ending.Ok : Ending.Unknown, newId: known ? "A2" : null)
                    .Deliver(Story.Reborn("A2", "a", 4, 14) with { Digest = delivered })
                    .Settle(Verb.Ack, "a2", 4, 5)
            );
        Edited("edited", "edited").Broken().ShouldBeEmpty();
        Edited("edited", "edited", known: false).Broken().ShouldBeEmpty();
        Edited("edited", "as sent", known: false).Broken().ShouldBeEmpty();
        Edited(null, "as sent").Broken().ShouldBeEmpty();
        Edited("edited", "as sent").Broken().ShouldBe([Rule.Unasked]);
        Edited("edited", "cut short", known: false).Broken().ShouldBe([Rule.Unasked]);
        Edited(null, "cut short").Broken().ShouldBe([Rule.Unasked]);
    }

    [Fact]
    public void A_message_is_not_removed_while_somebody_holds_it_nor_delivered_once_it_was()
    {
        Story Removed(double at, double ahead = 0) => End(new Story().Send("a").Deliver(1, 11, "a").Remove("A", at, ahead: ahead));
        Removed(12).Broken().ShouldBeEmpty();
        Removed(5).Broken().ShouldBe([Rule.RemovedWhileHeld]);
        Removed(5, ahead: 7).Broken().ShouldBeEmpty("by that clock the lease had ended");
        End(new Story().Send("a").Remove("A", 1).Deliver(2, 12, "a")).Broken().ShouldBe([Rule.DeliveredAfterTheEnd]);
    }

    [Fact]
    public void A_message_is_not_told_absent_that_is_there()
    {
        Story Asked(double at) => new Story().Send("a").Remove("A", at, Ending.Failed, notFound: true).Deliver(5, 15, "a").Ack("a", 5, 6);
        End(Asked(1)).Broken().ShouldBe([Rule.ToldAbsent]);
        End(Asked(0.05)).Broken().ShouldBeEmpty("it may have come later");
        End(Asked(7)).Broken().ShouldBeEmpty("it was over");
        End(Asked(1).Delete(0.5, 1.5)).Broken().ShouldNotContain(Rule.ToldAbsent);
        var dead = Dead().Remove("A", 3, Ending.Failed, dead: true, notFound: true);
        dead.Find(new Counts(0, 0, 0, 1), [], Story.Letter("a")).Broken().ShouldBe([Rule.ToldAbsent]);
    }

    [Fact]
    public void A_delivery_that_was_released_need_not_be_counted_and_its_receipt_is_over()
    {
        Story Again(Answer answer, int count, double until = 11) =>
            new Story()
                .Send("a")
                .Deliver(1, until, "a")
                .Settle(Verb.Release, "a", 1, 2, answer)
                .Deliver(12, 22, null, count, "a")
                .Ack("a", 12, 13);
        End(Again(Answer.Ok, 1)).Broken().ShouldBeEmpty();
        End(Again(Answer.Ok, 2)).Broken().ShouldBeEmpty("another delivery may not have been seen");
        End(Again(Answer.Ok, 0)).Broken().ShouldBe([Rule.DeliveryCount]);
        End(Again(Answer.LeaseLost, 1, until: 1.5)).Broken().ShouldBe([Rule.DeliveryCount]);
        End(Again(Answer.LeaseLost, 2)).Broken().ShouldBe([Rule.LeaseLostWhileHeld]);
        End(Again(Answer.Ok, 1).Ack("a", 1, 14)).Broken().ShouldBe([Rule.StaleReceiptHonoured]);
        var letter = new Story().Send("a").Deliver(1, 11, "a").Settle(Verb.Release, "a", 1, 2).Deliver(12, 22, null, 1, "a");
        letter.Find(new Counts(0, 0, 0, 1), [], Story.Letter("a", 1)).Broken().ShouldBeEmpty();
    }
}

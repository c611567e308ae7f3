using FuncQueue.Chaos.Checking;
using FuncQueue.Chaos.Histories;
using Shouldly;
using Xunit;

namespace FuncQueue.Chaos.Tests;

/// <summary>The checker knows of topics that forward to other ones, that remove records, or whose targets are deleted.</summary>
public sealed class DerivedTopicTests
{
    private const string Copies = "copies";

    [Fact]
    public void A_topic_that_has_each_record_of_another_once_and_in_order_holds() =>
        Two("k").Derive(Copies, ("x", 0), ("y", 1)).Broken().ShouldBeEmpty();

    [Fact]
    public void A_record_that_is_not_in_the_topic_that_takes_everything_is_missing()
    {
        One().Derive(Copies).Broken().ShouldBe([Rule.NotForwarded]);
        Two("k").Derive(Copies, ("x", 0)).Broken().ShouldBe([Rule.NotForwarded]);
    }

    [Fact]
    public void A_record_is_in_that_topic_once_and_nothing_else_is()
    {
        One().Derive(Copies, ("x", 0), ("x", 1)).Broken().ShouldBe([Rule.StoredTwice]);
        One().Derive(Copies, ("x", 0), ("y", 1)).Broken().ShouldBe([Rule.Unexpected]);
        One().Derive(Copies, ("x", 1)).Broken().ShouldBe([Rule.OffsetGap]);
    }

    [Fact]
    public void Records_of_one_key_are_there_in_the_order_in_which_they_are_here()
    {
        Two("k").Derive(Copies, ("x", 1), ("y", 0)).Broken().ShouldBe([Rule.OrderViolation]);
        Two("other").Derive(Copies, ("x", 1), ("y", 0)).Broken().ShouldBeEmpty();
    }

    [Fact]
    public void The_number_of_subscriptions_counts_the_topic()
    {
        One().Derive(Copies, ("x", 0)).Broken().ShouldBeEmpty();
        new TopicStory()
            .Store("x", 0)
            .Deliver("a", "x", 0)
            .Deliver("b", "x", 0)
            .Derive(Copies, ("x", 0))
            .Broken()
            .ShouldBe([Rule.WrongMatch]);
    }

    [Fact]
    public void Retention_removes_what_has_arrived_and_from_the_front_only()
    {
        Kept().Publish("w", 0).Deliver("a", "w", 0).Deliver("b", "w", 0).Broken().ShouldBeEmpty();
        Kept().Publish("w", 0).Deliver("a", "w", 0).Broken().ShouldContain(Rule.NotForwarded);
        Kept().Publish("w", 2).Deliver("a", "w", 2).Deliver("b", "w", 2).Broken().ShouldContain(Rule.Lost);
        Kept().Publish("w", null, ending: Ending.Unknown).Read("w", 0, isLast: false).Broken().ShouldContain(Rule.NotForwarded);
        Kept().Read("gone", 2, isLast: false).Broken().ShouldContain(Rule.RecordChanged);
        Kept().Store("z", 3).Deliver("a", "z", 3).Deliver("b", "z", 3).Broken().ShouldBe([Rule.OffsetGap]);
    }

    [Fact]
    public void What_was_removed_may_be_known_from_the_queues_alone_if_its_publisher_was_told_nothing()
    {
        Kept().Publish("w", null, ending: Ending.Unknown).Deliver("a", "w", 0).Deliver("b", "w", 0).Broken().ShouldBeEmpty();
        Kept().Publish("w", null, ending: Ending.Unknown).Deliver("a", "w", 0).Broken().ShouldBe([Rule.NotForwarded]);
        Kept().Publish("w", null, ending: Ending.Unknown).Deliver("a", "w", 2).Broken().ShouldContain(Rule.Unexpected);
        Kept().Publish("w", null, ending: Ending.Failed).Deliver("a", "w", 0).Deliver("b", "w", 0).Broken().ShouldBe([Rule.Unexpected]);
        Kept().Deliver("a", "w", 0).Deliver("b", "w", 0).Broken().ShouldBe([Rule.Unexpected]);
        Kept()
            .Publish("v", null, ending: Ending.Unknown)
            .Publish("w", null, ending: Ending.Unknown)
            .Deliver("a", "v", 0)
            .Deliver("b", "w", 0)
            .Broken()
            .ShouldContain(Rule.Unexpected);
    }

    [Fact]
    public void Where_nothing_may_be_removed_nothing_is() =>
        Kept(isRetained: false)
            .Publish("w", 0)
            .Deliver("a", "w", 0)
            .Deliver("b", "w", 0)
            .Broken()
            .ShouldBe([Rule.OffsetGap, Rule.Lost, Rule.Unexpected]);

    [Fact]
    public void What_was_in_a_queue_may_go_with_it_and_what_comes_into_the_next_one_may_not()
    {
        TopicStory Without(double began, double ended) => new TopicStory().Store("x", 0).Deliver("a", "x", 0).Delete("b", began, ended);
        Without(2, 3).Broken().ShouldBeEmpty();
        Without(0.2, 0.9).Broken().ShouldBe([Rule.NotForwarded, Rule.WrongMatch]);
        Without(2, 3).Deliver("b", "x", 0).Broken().ShouldBeEmpty();
        Without(2, 3).Deliver("c", "x", 0).Broken().ShouldContain(Rule.Misrouted);
        Without(2, 3).Deliver("b", "x", 0).Deliver("b", "x", 0, "again").Broken().ShouldBe([Rule.ForwardedTwice]);
    }

    /// <summary>A record that three take: two queues and the topic.</summary>
    private static TopicStory One() => Add(new TopicStory(), "x", 0, "k");

    private static TopicStory Two(string secondKey) => Add(One(), "y", 1, secondKey);

    private static TopicStory Add(TopicStory story, string key, long offset, string orderKey) =>
        story
            .Publish(key, offset, orderKey: orderKey, matched: 3)
            .Read(key, offset)
            .Deliver("a", key, offset)
            .Deliver("b", key, offset, number: offset + 1);

    private static TopicStory Kept(bool isRetained = true)
    {
        var story = new TopicStory { IsRetained = isRetained };
        return story.Store("x", 1).Deliver("a", "x", 1).Deliver("b", "x", 1);
    }
}

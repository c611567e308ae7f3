using FuncQueue.Engine.Topics.Forwarding;

namespace FuncQueue.Engine.Tests.Topics.Forwarding;

/// <summary>A process has no more bytes of feeds in flight than it may, and whoever waits is served in turn.</summary>
public sealed class FeedBudgetTests
{
    [Fact]
    public void Whoever_wants_more_than_is_left_waits_and_those_behind_wait_too()
    {
        var budget = new FeedBudget(100);
        budget.TakeAsync(70).IsCompleted.ShouldBeTrue();
        var (second, third) = (budget.TakeAsync(50), budget.TakeAsync(10));
        (second.IsCompleted, third.IsCompleted).ShouldBe((false, false));
        budget.GiveBack(70);
        (second.IsCompleted, third.IsCompleted).ShouldBe((true, true));
    }

    [Fact]
    public void One_that_is_larger_than_all_gets_all()
    {
        var budget = new FeedBudget(100);
        budget.TakeAsync(1000).IsCompleted.ShouldBeTrue();
        var next = budget.TakeAsync(1);
        next.IsCompleted.ShouldBeFalse();
        budget.GiveBack(1000);
        next.IsCompleted.ShouldBeTrue();
    }
}

using CsCheck;
using FuncQueue.Engine.Totals;

namespace FuncQueue.Engine.Tests.Pure;

/// <summary>What a process remembers of what it has changed.</summary>
public sealed class RecentChangesTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly MessageCounts One = new(1, 0, 0, 0);

    [Fact]
    public void What_was_changed_after_an_instant_is_told_shard_by_shard()
    {
        var changes = new RecentChanges();
        changes.Add(0, One, Start);
        changes.Add(0, new MessageCounts(-1, 1, 0, 0), Start.AddSeconds(10));
        changes.Add(3, One, Start.AddSeconds(10));
        changes.Since(0, Start.AddSeconds(-1)).ShouldBe((new MessageCounts(0, 1, 0, 0), Start));
        changes.Since(0, Start).ShouldBe((new MessageCounts(-1, 1, 0, 0), Start.AddSeconds(10)));
        changes.Since(0, Start.AddSeconds(10)).ShouldBe((default(MessageCounts), (DateTimeOffset?)null));
        changes.Since(3, Start).Difference.ShouldBe(One);
        changes.Since(7, Start).Difference.ShouldBe(default);
        changes.Shards.Order().ShouldBe([0, 3]);
    }

    [Fact]
    public void However_much_is_done_the_sum_is_right_and_what_is_recent_is_told_exactly()
    {
        const int Changes = 20_000;
        var changes = new RecentChanges();
        for (var i = 0; i < Changes; i++)
            changes.Add(0, One, Start.AddSeconds(i));
        changes.Since(0, Start.AddSeconds(-1)).Difference.Ready.ShouldBe(Changes);
        foreach (var back in new[] { 0, 1, 10, 100, RecentChanges.MostInstants / 2 })
            changes.Since(0, Start.AddSeconds(Changes - 1 - back)).Difference.Ready.ShouldBe(back);
        // Of what is long ago, some may be told as older than it is, and none as newer.
        changes.Since(0, Start.AddSeconds(Changes / 2)).Difference.Ready.ShouldBeInRange(0, Changes / 2);
    }

    [Fact]
    public void Changes_close_to_each_other_are_kept_as_one_of_the_first_instant()
    {
        Gen.Int[1, 50]
            .List[1, 2000]
            .Sample(steps =>
            {
                var changes = new RecentChanges();
                var at = Start;
                foreach (var step in steps)
                {
                    at = at.AddMilliseconds(step);
                    changes.Add(0, One, at);
                }

                changes.Since(0, Start).Difference.Ready.ShouldBe(steps.Count);
                changes
                    .Since(0, at - 2 * RecentChanges.Step)
                    .Difference.Ready.ShouldBeLessThanOrEqualTo((int)(3 * RecentChanges.Step.TotalMilliseconds));
                changes.Since(0, at).Difference.ShouldBe(default);
            });
    }
}

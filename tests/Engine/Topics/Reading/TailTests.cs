using CsCheck;
using FuncQueue.Engine.Topics.Reading;
using FuncQueue.Engine.Topics.Records;

namespace FuncQueue.Engine.Tests.Topics.Reading;

/// <summary>What is remembered of a partition's end lies next to each other, and stays within its bounds.</summary>
public sealed class TailTests
{
    private const int RowBytes = 1000;

    [Fact]
    public void It_gives_rows_without_a_gap_from_the_one_that_holds_the_offset_or_nothing() =>
        Gen.Select(Gen.Select(Gen.Int[0, 400], Gen.Int[1, 20]).Array[1, 60], Gen.Int[0, 420], Gen.Int[1, 50])
            .Sample(
                (given, from, most) =>
                {
                    var budget = new TailBudget(30 * RowBytes);
                    var tail = new Tail(budget, 12 * RowBytes);
                    foreach (var (first, count) in given)
                        tail.Add(Row(first, count));
                    if (tail.ReadFrom(from, most) is not { } rows)
                        return;
                    (rows[0].First <= from && rows[0].Last >= from).ShouldBeTrue();
                    for (var i = 1; i < rows.Count; i++)
                        rows[i].First.ShouldBe(rows[i - 1].Last + 1);
                    rows.Sum(r => r.ApproximateBytes).ShouldBeLessThanOrEqualTo(13 * RowBytes);
                },
                iter: 2000
            );

    [Fact]
    public void Rows_that_follow_each_other_are_remembered_up_to_the_bound_the_oldest_go()
    {
        var tail = new Tail(new TailBudget(long.MaxValue), 10 * Row(0, 1).ApproximateBytes);
        for (var i = 0; i < 30; i++)
            tail.Add(Row(i, 1));
        tail.ReadFrom(19, 100).ShouldBeNull();
        tail.ReadFrom(20, 100).ShouldNotBeNull().Count.ShouldBe(10);
        tail.ReadFrom(30, 100).ShouldBeNull();
        // One that is known already changes nothing.
        tail.Add(Row(25, 1));
        tail.ReadFrom(20, 3).ShouldNotBeNull().Select(r => r.First).ShouldBe([20, 21, 22]);
        // Behind a gap it begins anew.
        tail.Add(Row(40, 1));
        tail.ReadFrom(29, 100).ShouldBeNull();
        tail.ReadFrom(40, 100).ShouldNotBeNull().Count.ShouldBe(1);
    }

    [Fact]
    public void All_partitions_together_stay_within_the_bound_of_the_process()
    {
        var budget = new TailBudget(10 * Row(0, 1).ApproximateBytes);
        var tails = Enumerable.Range(0, 4).Select(_ => new Tail(budget)).ToList();
        for (var i = 0; i < 20; i++)
            tails.ForEach(t => t.Add(Row(i, 1)));
        budget.IsExceeded.ShouldBeFalse();
        tails.Sum(t => Enumerable.Range(0, 20).Count(i => t.ReadFrom(i, 1) is not null)).ShouldBeLessThanOrEqualTo(10);
        tails.ForEach(t => t.Clear());
        tails[0].Add(Row(100, 1));
        tails[0].ReadFrom(100, 1).ShouldNotBeNull();
    }

    private static RecordRow Row(long first, int count) =>
        new()
        {
            Partition = 0,
            Index = new RecordIndex(
                first,
                first + count - 1,
                [new RecordRun(first, default, default, 0, [SubscriptionSet.None])],
                [.. Enumerable.Range(0, count).Select(i => new RecordEntry(first + i, 0, 0, null, 0))]
            ),
            Data = new byte[RowBytes],
        };
}

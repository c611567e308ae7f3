using CsCheck;
using FuncQueue.Engine.Figures;
using FuncQueue.Engine.Totals;

namespace FuncQueue.Engine.Tests.Pure;

/// <summary>Figures made of what was counted and what has changed since.</summary>
public sealed class QueueTallyTests
{
    private const string Table = "q1";
    private static readonly DateTimeOffset Created = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Counted = Created.AddHours(1);

    [Fact]
    public void Without_any_count_there_is_what_this_process_has_changed_since_the_creation()
    {
        Of(null, Changes((1, 0, 0, 0), Created.AddSeconds(1)), Created.AddSeconds(31)).ShouldBe(Figures(ready: 1, age: 30, asOf: Created));
        Of(null, null, Counted).ShouldBe(Figures(asOf: Created));
    }

    [Fact]
    public void A_count_of_another_generation_says_nothing()
    {
        var row = Row(new MessageCounts(5, 5, 5, 5)) with { Table = "q0" };
        Of(row, null, Counted).ShouldBe(Figures(asOf: Created));
    }

    [Fact]
    public void Changes_from_before_the_count_are_in_it()
    {
        var changes = new RecentChanges();
        changes.Add(0, new MessageCounts(3, 0, 0, 0), Counted.AddSeconds(-5));
        changes.Add(0, new MessageCounts(-1, 1, 0, 0), Counted.AddSeconds(5));
        Of(Row(new MessageCounts(3, 0, 0, 1)), changes, Counted.AddSeconds(10))
            .ShouldBe(Figures(ready: 2, leased: 1, dead: 1, age: 5, asOf: Counted));
    }

    [Fact]
    public void Scheduled_messages_count_from_the_moment_that_they_are_due()
    {
        var row = Row(new MessageCounts(0, 0, 5, 0), [new DueLater(Counted.AddSeconds(10), 2), new DueLater(Counted.AddSeconds(20), 3)]);
        Of(row, null, Counted.AddSeconds(9)).ShouldBe(Figures(scheduled: 5, asOf: Counted));
        Of(row, null, Counted.AddSeconds(10)).ShouldBe(Figures(due: 2, scheduled: 3, age: 0, asOf: Counted));
        Of(row, null, Counted.AddDays(1)).ShouldBe(Figures(due: 5, age: 86_390, asOf: Counted));
        // Taken as soon as they are due, they are no longer what waits.
        Of(row, Changes((-2, 2, 0, 0), Counted.AddSeconds(11)), Counted.AddSeconds(12))
            .ShouldBe(Figures(leased: 2, scheduled: 3, age: 2, asOf: Counted));
    }

    [Fact]
    public void How_many_are_scheduled_is_not_told_when_it_is_not_known()
    {
        var row = Row(new MessageCounts(1, 0, 1000, 0));
        row = row with
        {
            Shards = row.Shards.ToDictionary(s => s.Key, s => s.Value with { Count = s.Value.Count with { KnowsScheduled = false } }),
        };
        Of(row, null, Counted).Scheduled.ShouldBeNull();
    }

    [Fact]
    public void No_figure_is_negative_and_the_sum_is_what_the_changes_make_it()
    {
        var small = Gen.Int[-20, 20];
        Gen.Select(Gen.Int[0, 20].Array[4], Gen.Select(small, small, small, small).List[0, 5])
            .Sample(
                (counted, deltas) =>
                {
                    var changes = new RecentChanges();
                    foreach (var (i, (ready, leased, scheduled, dead)) in deltas.Index())
                        changes.Add(i % 2, new MessageCounts(ready, leased, scheduled, dead), Counted.AddSeconds(1 + i));
                    var figures = Of(
                        Row(new MessageCounts(counted[0], counted[1], counted[2], counted[3])),
                        changes,
                        Counted.AddSeconds(60)
                    );
                    new[] { figures.Ready, figures.Leased, figures.Due, figures.Scheduled!.Value, figures.DeadLettered }.ShouldAllBe(n =>
                        n >= 0
                    );
                    (figures.Ready + figures.Leased).ShouldBe(Math.Max(0, counted[0] + counted[1] + deltas.Sum(d => d.Item1 + d.Item2)));
                    (figures.OldestMessageAge is null).ShouldBe(figures.Ready + figures.Leased == 0);
                }
            );
    }

    private static QueueFigures Of(FigureRow? row, RecentChanges? changes, DateTimeOffset now) =>
        QueueTally.Of(row, Table, Created, changes, now);

    private static FigureRow Row(MessageCounts counts, IReadOnlyList<DueLater>? later = null) =>
        new(
            Table,
            Counted,
            default,
            new Dictionary<int, PastCount> { [0] = new(new ShardCount(counts, null) { Later = later ?? [] }, Counted) },
            null
        );

    private static RecentChanges Changes((long Ready, long Leased, long Scheduled, long Dead) difference, DateTimeOffset at)
    {
        var changes = new RecentChanges();
        changes.Add(0, new MessageCounts(difference.Ready, difference.Leased, difference.Scheduled, difference.Dead), at);
        return changes;
    }

    private static QueueFigures Figures(
        DateTimeOffset asOf,
        long ready = 0,
        long leased = 0,
        long due = 0,
        long scheduled = 0,
        long dead = 0,
        double? age = null
    ) =>
        new()
        {
            Ready = ready,
            Leased = leased,
            Due = due,
            Scheduled = scheduled,
            DeadLettered = dead,
            OldestMessageAge = age is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            AsOf = asOf,
        };
}

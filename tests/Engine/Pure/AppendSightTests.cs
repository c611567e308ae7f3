using System.Globalization;
using Azure;
using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Topics.Log;

namespace FuncQueue.Engine.Tests.Pure;

/// <summary>
/// What a partition says of a lost append, whatever others do to it: every order in which the append arrives, early, late, twice or not at
/// all, others append and change the head, and head and row are looked at.
/// </summary>
[Trait("Guarantee", "5")]
public sealed class AppendSightTests
{
    private static readonly Guid Own = Guid.NewGuid();
    private static readonly Guid Others = Guid.NewGuid();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void What_is_told_of_a_lost_append_is_true_whatever_happened(int records)
    {
        var told = new HashSet<Fate>();
        var histories = 0;
        new Log(records, told, () => histories++).Explore([], steps: 5);
        histories.ShouldBeGreaterThan(200);
        told.ShouldBe([Fate.CarriedOut, Fate.Void, Fate.Adrift], ignoreOrder: true);
    }

    [Fact]
    public void A_row_that_may_have_been_removed_says_nothing()
    {
        var old = TimeSpan.FromMinutes(10);
        AppendSight.OfFirstRow(Own, null, TimeSpan.Zero, old).ShouldBe(Sight.NeverOurs);
        AppendSight.OfFirstRow(Own, null, old, old).ShouldBe(Sight.Unread);
        AppendSight.OfFirstRow(Own, [Others, Own], old, old).ShouldBe(Sight.Ours);
        AppendSight.OfFirstRow(Own, [Others], old, old).ShouldBe(Sight.NeverOurs);
        LostWrite.FateOf([(Sight.Changed, 1), (AppendSight.OfFirstRow(Own, null, old, old), 2)]).ShouldBe(Fate.Open);
    }

    /// <summary>A partition as values, so that each step is undone by going back.</summary>
    private sealed record Log(int Records, HashSet<Fate> Told, Action Judged)
    {
        private static readonly LogHead Before = HeadOf(7, 0);

        private LogHead Head { get; init; } = Before;

        /// <summary>By the last offset, whose row it is.</summary>
        private Dictionary<long, Guid> Rows { get; init; } = new Dictionary<long, Guid> { [6] = Others };

        private bool CarriedOut { get; init; }

        public void Explore((Sight Sight, int Look)[] seen, int steps)
        {
            if (seen is [(not Sight.Changed, _)] or [_, _])
            {
                Judge(seen);
                return;
            }

            var look =
                seen.Length == 0
                    ? AppendSight.OfHead(Before, Head)
                    : AppendSight.OfFirstRow(
                        Own,
                        Rows.TryGetValue(6 + Records, out var id) ? [id] : null,
                        TimeSpan.Zero,
                        TimeSpan.FromMinutes(10)
                    );
            Explore([.. seen, (look, seen.Length + 1)], steps);
            if (steps == 0)
                return;
            // Ours is carried out on the head as it was only; if not, nothing happens, as without this step.
            if (Head.ETag == Before.ETag)
                (Append(Own, Records) with { CarriedOut = true }).Explore(seen, steps - 1);
            Append(Others, 1).Explore(seen, steps - 1);
            Append(Others, 2).Explore(seen, steps - 1);
            // Subscriptions change, or somebody knocks.
            (this with { Head = HeadOf(Head.Next, VersionOf(Head) + 1) }).Explore(seen, steps - 1);
        }

        private void Judge((Sight, int)[] seen)
        {
            Judged();
            var fate = LostWrite.FateOf(seen);
            Told.Add(fate);
            switch (fate)
            {
                case Fate.CarriedOut:
                    CarriedOut.ShouldBeTrue();
                    break;
                case Fate.Void:
                    CarriedOut.ShouldBeFalse();
                    Head.ETag.ShouldNotBe(Before.ETag, "it cannot arrive later");
                    break;
                case Fate.Adrift:
                    CarriedOut.ShouldBeFalse();
                    Head.ETag.ShouldBe(Before.ETag);
                    break;
            }
        }

        private Log Append(Guid id, int records) =>
            this with
            {
                Head = HeadOf(Head.Next + records, VersionOf(Head) + 1),
                Rows = new Dictionary<long, Guid>(Rows) { [Head.Next + records - 1] = id },
            };

        private static int VersionOf(LogHead head) => int.Parse(head.ETag.ToString(), CultureInfo.InvariantCulture);

        private static LogHead HeadOf(long next, int version) =>
            LogHead.None with
            {
                Next = next,
                ETag = new ETag(version.ToString(CultureInfo.InvariantCulture)),
            };
    }
}

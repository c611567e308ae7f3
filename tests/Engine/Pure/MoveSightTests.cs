using Azure;
using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Transfers;

namespace FuncQueue.Engine.Tests.Pure;

/// <summary>
/// What the rows of a move say of a lost write of it, whatever others have made of them: every sequence of up to four changes of a dead
/// letter, of which the write may be one.
/// </summary>
[Trait("Guarantee", "5")]
public sealed class MoveSightTests
{
    private static readonly Guid Ours = Guid.NewGuid();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_a_dead_letter_says_of_its_mark_is_true_whatever_others_did(bool wasOnItsWayBefore)
    {
        var before = RowOf(0, SlotStatus.Ready, wasOnItsWayBefore ? Guid.NewGuid() : null);
        var seen = new HashSet<Sight>();
        Explore(
            before,
            now => RowOf(VersionOf(now) + 1, SlotStatus.Moving, Ours),
            (now, carriedOut) => Judge(MoveSight.OfMarked(before, now, Ours), now, carriedOut)
        );
        seen.ShouldBe([Sight.Untouched, Sight.Ours, Sight.NeverOurs, Sight.Changed], ignoreOrder: true);

        void Judge(Sight sight, BatchRow? now, bool carriedOut)
        {
            seen.Add(sight);
            Check(sight, before, now, carriedOut);
        }
    }

    [Fact]
    public void What_a_dead_letter_says_of_its_removal_is_true_whatever_others_did()
    {
        var before = RowOf(0, SlotStatus.Ready, null);
        var seen = new HashSet<Sight>();
        Explore(
            before,
            _ => null,
            (now, carriedOut) =>
            {
                var sight = MoveSight.OfRemoved(before, now);
                seen.Add(sight);
                Check(sight, before, now, carriedOut);
            }
        );
        seen.ShouldBe([Sight.Untouched, Sight.NeverOurs, Sight.Changed], ignoreOrder: true);
    }

    [Fact]
    public void A_message_that_is_there_has_arrived_and_one_that_is_not_may_have_been_consumed()
    {
        MoveSight.OfInserted(RowOf(0, SlotStatus.Ready, null)).ShouldBe(Sight.Ours);
        MoveSight.OfInserted(null).ShouldBe(Sight.Unread);
    }

    [Fact]
    public void A_transfer_is_closed_by_whoever_inserts_its_messages()
    {
        var row = new TransferRow(Ours, IsClosed: false, new TransferSource("q", "t", 0, []), DateTimeOffset.MaxValue, new ETag("1"));
        MoveSight.OfClosed(row).ShouldBe(Sight.Untouched);
        MoveSight.OfClosed(row with { IsClosed = true }).ShouldBe(Sight.Ours);
        MoveSight.OfClosed(null).ShouldBe(Sight.Changed);
    }

    /// <summary>Ours is carried out on the row as it was only, and each write of others on what is there.</summary>
    private static void Explore(BatchRow before, Func<BatchRow, BatchRow?> ours, Action<BatchRow?, bool> judge)
    {
        From(before, carriedOut: false, depth: 4);

        void From(BatchRow? now, bool carriedOut, int depth)
        {
            judge(now, carriedOut);
            if (now is null || depth == 0)
                return;
            if (now.ETag == before.ETag)
                From(ours(now), carriedOut: true, depth - 1);
            // It is removed, leased, given back or taken back, or another transfer takes it.
            From(null, carriedOut, depth - 1);
            var next = VersionOf(now) + 1;
            if (now.State[0].Status != SlotStatus.Moving)
            {
                From(RowOf(next, SlotStatus.Leased, now.Transfer?.Id), carriedOut, depth - 1);
                From(RowOf(next, SlotStatus.Moving, Guid.NewGuid()), carriedOut, depth - 1);
            }

            From(RowOf(next, SlotStatus.Ready, now.Transfer?.Id), carriedOut, depth - 1);
        }
    }

    private static void Check(Sight sight, BatchRow before, BatchRow? now, bool carriedOut)
    {
        if (sight == Sight.Ours)
            carriedOut.ShouldBeTrue();
        if (sight is Sight.NeverOurs or Sight.Untouched)
            carriedOut.ShouldBeFalse();
        // But for what is untouched, its condition fails for good.
        if (sight != Sight.Untouched)
            now?.ETag.ShouldNotBe(before.ETag);
    }

    private static int VersionOf(BatchRow row) => int.Parse(row.ETag.ToString(), System.Globalization.CultureInfo.InvariantCulture);

    private static BatchRow RowOf(int version, SlotStatus status, Guid? transfer) =>
        new()
        {
            Shard = 0,
            Key = "d",
            Birth = default,
            FirstIndex = 0,
            ETag = new ETag(version.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            State = [new MessageState(status, Any.Epoch, 1, default)],
            Index = new RowIndex(Any.Epoch, []),
            Transfer = transfer is { } id ? new Transfer(id, "q", "t", 0) : null,
            Data = null,
        };
}

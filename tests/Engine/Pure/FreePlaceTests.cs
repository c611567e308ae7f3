using Azure;
using Azure.Data.Tables;
using CsCheck;
using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Shards;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Tests.Pure;

/// <summary>Where a process scans that is to keep out of the way of others.</summary>
public sealed class FreePlaceTests
{
    private static readonly Gen<SeenRow[]> Pages = Gen.Select(Gen.Int[0, 2], Gen.Bool, Gen.Bool)
        .Select((lane, taken, toBeHad) => new SeenRow(lane, taken, toBeHad))
        .Array[0, 40]
        .Select(page => page.OrderBy(row => row.Lane).ToArray());

    [Theory]
    // Nobody comes from before, and where the rows end there is as little to do as where others are.
    [InlineData("....", "0")]
    [InlineData(".....", "01")]
    [InlineData("x......x", "2345")]
    [InlineData("x.....x", "234")]
    [InlineData("x..x....x", "56")]
    [InlineData("x......", "2345")]
    [InlineData("....x", "0")]
    [InlineData("xx.xx", "2")]
    [InlineData("xx", "")]
    [InlineData("", "")]
    public void A_place_is_about_as_far_as_can_be_from_what_others_are_at_work_on(string rows, string places)
    {
        var taken = rows.Select(row => row == 'x').ToList();
        var chosen = Enumerable.Range(0, 8).Select(draw => FreePlace.Choose(taken, count => draw % count)).ToHashSet();
        chosen.ShouldBe(places.Length == 0 ? [null] : places.Select(place => (int?)(place - '0')), ignoreOrder: true);
    }

    [Fact]
    public void A_place_that_is_far_enough_is_as_good_as_one_that_is_farther()
    {
        // Others are at work at either end of a thousand rows: a process that always took the middle would meet others there.
        var taken = Enumerable.Range(0, 1000).Select(i => i is < 3 or 999).ToList();
        FreePlace.Choose(taken, _ => 0).ShouldBe(66);
        FreePlace.Choose(taken, count => count - 1).ShouldBe(935);
        FreePlace.Choose(taken[..999], count => count - 1).ShouldBe(935);
    }

    [Fact]
    public void A_part_begins_with_something_to_be_had_and_ends_where_others_are() =>
        Gen.Select(Pages, Gen.Bool, Gen.Int[0, 999])
            .Sample(
                (page, elsewhere, draw) =>
                {
                    var toBeHad = Array.Exists(page, row => row is { IsToBeHad: true, IsTaken: false });
                    if (FreePlace.PartOf(page, elsewhere, count => draw % count) is not { } range)
                    {
                        toBeHad.ShouldBeFalse();
                        return;
                    }

                    var (from, count) = range.GetOffsetAndLength(page.Length);
                    var part = page[range];
                    var first = Array.FindIndex(part, row => row is { IsToBeHad: true, IsTaken: false });
                    first.ShouldBeGreaterThanOrEqualTo(0);
                    Array.Exists(part[first..], row => row.IsTaken).ShouldBeFalse();
                    // Whatever comes next is another's.
                    if (from + count < page.Length)
                        page[from + count].IsTaken.ShouldBeTrue();
                    if (!elsewhere)
                        from.ShouldBe(0);
                    // No lane is passed over in which there is something.
                    foreach (var row in page[..from])
                        (row.IsTaken || !row.IsToBeHad || row.Lane == part[0].Lane).ShouldBeTrue();
                },
                iter: 2000
            );

    [Fact]
    public void A_row_is_in_use_while_it_is_held_and_for_a_while_after_it_was_changed()
    {
        var (written, lately) = (Any.Epoch, TimeSpan.FromSeconds(10));
        var key = new BirthRow(RowKind.Immediate, 9, RowKeys.Micros(written), new WriterId(1), 0).Key;
        IsInUse(MessageState.ReadyAt(written), changed: 0.1, at: 5).ShouldBeFalse();
        IsInUse(MessageState.ReadyAt(written), changed: 20, at: 25).ShouldBeTrue();
        IsInUse(MessageState.ReadyAt(written), changed: 20, at: 31).ShouldBeFalse();
        var held = new MessageState(SlotStatus.Leased, written.AddSeconds(60), 1, LeaseId.Create(Any.ThisProcess, 1));
        IsInUse(held, changed: 0.1, at: 5).ShouldBeTrue();
        IsInUse(held, changed: 0.1, at: 61).ShouldBeFalse();
        // An ETag that is made of something else tells nothing.
        RowEntity.IsInUse(new TableEntity("00", key) { ETag = new ETag("x") }, written, lately).ShouldBeFalse();

        bool IsInUse(MessageState state, double changed, double at)
        {
            var entity = RowEntity.ForMerge(0, key, [state]);
            entity.ETag = ETagTime.At(written.AddSeconds(changed).UtcTicks);
            return RowEntity.IsInUse(entity, written.AddSeconds(at), lately);
        }
    }
}

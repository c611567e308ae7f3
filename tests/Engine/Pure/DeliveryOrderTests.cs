using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Shards;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Tests.Pure;

/// <summary>The order of delivery, and what follows from it for memory and scans.</summary>
public sealed class DeliveryOrderTests
{
    private static readonly DeliveryPolicy Policy = DeliveryPolicy.For(
        new QueueSettings(),
        MessageSource.Live,
        TimeSpan.Zero,
        Any.ThisProcess
    );

    private static readonly DateTimeOffset Now = Any.Epoch;

    [Fact]
    public void High_lanes_come_first_and_in_a_lane_the_oldest_whether_held_back_or_not()
    {
        var rows = new[] { Row(9, 1), Row(0, 5), Row(9, 0), Row(0, 3, RowKind.Scheduled), Row(0, 2) };
        rows.Order(DeliveryOrder.Rows).Select(Name).ShouldBe(["0.2", "0.3", "0.5", "9.0", "9.1"]);
        var inOrder = rows.Order(DeliveryOrder.Rows).ToList();
        DeliveryOrder.ForClaims(inOrder, lowestFirst: true, null).Select(Name).ShouldBe(["9.0", "9.1", "0.2", "0.3", "0.5"]);
        DeliveryOrder
            .ForClaims(inOrder, lowestFirst: false, r => Name(r) is "0.2" or "9.0")
            .Select(Name)
            .ShouldBe(["0.3", "0.5", "0.2", "9.1", "9.0"]);
    }

    [Fact]
    public void What_comes_last_is_forgotten_first_and_before_it_what_nobody_is_to_get_yet()
    {
        var rows = new[] { Row(0, 7), Row(9, 0), Row(9, 1), Row(9, 2, due: 5), Row(9, 3, due: 9) }
            .Concat(Enumerable.Range(10, 40).Select(i => Row(9, i)))
            .Order(DeliveryOrder.Rows)
            .ToList();
        var forgotten = DeliveryOrder.ForEviction(rows, Now, _ => false).Select(Name).ToList();
        forgotten.Take(4).ShouldBe(["9.3", "9.2", "9.49", "9.48"]);
        // The youngest, but the first of all.
        forgotten[^1].ShouldBe("0.7");
        // The first rows of the lowest lane stay longer than any number of others of high ones.
        var urgent = Enumerable.Range(0, 100).Select(i => Row(0, i)).Append(Row(9, 0)).Order(DeliveryOrder.Rows).ToList();
        DeliveryOrder.ForEviction(urgent, Now, _ => false).Take(60).Select(Name).ShouldNotContain("9.0");
        // So do scarce ones.
        DeliveryOrder.ForEviction(urgent, Now, r => Name(r) == "0.99").Take(60).Select(Name).ShouldNotContain("0.99");
    }

    [Theory]
    [InlineData("m9", "m0..m9 s..s5")]
    [InlineData("m4", "m0..m4 m5..n s..s5")]
    [InlineData("m0", "m1..n s..s5")]
    [InlineData("s", "m0..s")]
    public void A_scan_sees_the_beginnings_of_all_lanes_in_which_it_is_not(string lane, string fronts) =>
        string.Join(' ', DeliveryOrder.Fronts(new KeyRange("m0", "s5"), lane + "00000000000001").Select(r => $"{r.From}..{r.To}"))
            .ShouldBe(fronts);

    [Fact]
    public void So_it_is_among_dead_letters() =>
        string.Join(' ', DeliveryOrder.Fronts(RowKeys.Dead, "dm900000000000001").Select(r => $"{r.From}..{r.To}")).ShouldBe("d..dm9 ds..e");

    private static string Name(CachedRow row) => $"{row.Row.Birth.Lane}.{row.Row.Birth.TimeMicros}";

    private static CachedRow Row(int lane, long micros, RowKind kind = RowKind.Immediate, int due = 0)
    {
        var birth = new BirthRow(kind, lane, micros, new WriterId(1), 0);
        return CachedRow.Of(
            new BatchRow
            {
                Shard = 0,
                Key = birth.Key,
                Birth = birth,
                FirstIndex = 0,
                ETag = default,
                State = [MessageState.ReadyAt(Now.AddSeconds(due))],
                Index = new RowIndex(Now, [new MessageIndex(0, null, 1, 1, null)]),
                Data = null,
            },
            1,
            Policy
        );
    }
}

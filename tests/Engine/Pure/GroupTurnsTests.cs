using CsCheck;
using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Shards;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Tests.Pure;

/// <summary>Whose turn it is among groups, by an account that is kept up to date instead of made anew for each flight.</summary>
public sealed class GroupTurnsTests
{
    private static readonly DeliveryPolicy Policy = DeliveryPolicy.For(
        new QueueSettings(),
        MessageSource.Live,
        TimeSpan.Zero,
        Any.ThisProcess
    );

    [Fact]
    public void Groups_are_served_as_by_looking_at_all_of_them_each_time()
    {
        var message = Gen.Select(Gen.ULong[0, 5], Gen.OneOf(-1, 0, 0, 3));
        var step = Gen.Select(Gen.Int[0, 4], message.Array[1, 6], Gen.Int[0, 30], Gen.Int[1, 6], Gen.Bool);
        Gen.Select(Gen.Int[0, 9], step.Array[1, 40])
            .Sample(
                (lane, steps) =>
                {
                    var (turns, fair, rows) = (
                        new GroupTurns(),
                        new FairShare(),
                        new Dictionary<string, CachedRow>(StringComparer.Ordinal)
                    );
                    var (now, number) = (Any.Epoch, 0);
                    foreach (var (kind, messages, which, demand, lowestFirst) in steps)
                    {
                        switch (kind)
                        {
                            case 0 or 1:
                                Put(RowOf(lane, number++, messages, now));
                                break;
                            case 2 when rows.Count > 0:
                                var gone = rows.Values.ElementAt(which % rows.Count);
                                rows.Remove(gone.Row.Key);
                                turns.Changed(gone, null);
                                break;
                            case 3:
                                now += TimeSpan.FromSeconds(1);
                                break;
                            default:
                                var expected = Naive(fair, rows.Values, now, demand);
                                var picked = turns
                                    .InTurn(now, lowestFirst, (key, group) => Deliverable(rows[key].Row, group, now), _ => { })
                                    .Take(demand)
                                    .ToList();
                                picked.Select(p => (p.Row.Key, p.Slot)).ShouldBe(expected.Select(p => (p.Row.Key, p.Slot)));
                                foreach (var (taken, slot) in picked)
                                {
                                    turns.Served(taken.Index.Messages[slot].GroupHash);
                                    fair.Served(taken.Index.Messages[slot].GroupHash);
                                    Put(Without(rows[taken.Key].Row, slot));
                                }

                                break;
                        }
                    }

                    void Put(BatchRow row)
                    {
                        var (before, after) = (rows.GetValueOrDefault(row.Key), CachedRow.Of(row, 1, Policy));
                        rows[row.Key] = after;
                        turns.Changed(before, after);
                    }
                }
            );
    }

    [Fact]
    public void A_flight_looks_at_the_groups_that_it_serves_and_no_others()
    {
        const int Rows = 400;
        const int PerRow = 50;
        var turns = new GroupTurns();
        var rows = new Dictionary<string, CachedRow>(StringComparer.Ordinal);
        for (var i = 0; i < Rows; i++)
        {
            var messages = Enumerable.Range(i * PerRow, PerRow).Select(n => ((ulong)n + 1, 0)).ToArray();
            var row = CachedRow.Of(RowOf(9, i, messages, Any.Epoch), 1, Policy);
            rows.Add(row.Row.Key, row);
            turns.Changed(null, row);
        }

        var looked = 0;
        Flight();
        looked = 0;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            Flight();
        looked.ShouldBe(100);
        // For 20,000 groups anew it is megabytes each.
        (GC.GetAllocatedBytesForCurrentThread() - allocated).ShouldBeLessThan(100 * 64 * 1024);

        void Flight()
        {
            var (taken, slot) = turns
                .InTurn(
                    Any.Epoch,
                    lowestFirst: false,
                    (key, group) =>
                    {
                        looked++;
                        return Deliverable(rows[key].Row, group, Any.Epoch);
                    },
                    _ => { }
                )
                .First();
            turns.Served(taken.Index.Messages[slot].GroupHash);
            var before = rows[taken.Key];
            var after = rows[taken.Key] = CachedRow.Of(Without(taken, slot), 1, Policy);
            turns.Changed(before, after);
        }
    }

    /// <summary>The next messages, found by looking at every group for each of them.</summary>
    private static List<Pick> Naive(FairShare fair, IEnumerable<CachedRow> rows, DateTimeOffset now, int demand)
    {
        var left = rows.Where(r => r.ActionableAt <= now)
            .Order(DeliveryOrder.Rows)
            .SelectMany(r => Enumerable.Range(0, r.Row.Count).Select(slot => new Pick(r.Row, slot)))
            .Where(p => Delivery.CanDeliver(p.Row.State[p.Slot], p.Row.Index.Messages[p.Slot], Policy, now))
            .ToList();
        var (picks, taken) = (new List<Pick>(), new Dictionary<ulong, long>());
        while (picks.Count < demand && left.Count > 0)
        {
            var next = left.GroupBy(Group)
                .Select(g => g.First())
                .MinBy(p => (fair.TurnOf(Group(p)) + taken.GetValueOrDefault(Group(p)), p.Row.Birth.TimeMicros, Group(p)));
            picks.Add(next);
            left.Remove(next);
            taken[Group(next)] = taken.GetValueOrDefault(Group(next)) + 1;
        }

        return picks;

        static ulong Group(Pick pick) => pick.Row.Index.Messages[pick.Slot].GroupHash;
    }

    private static IEnumerable<Pick> Deliverable(BatchRow row, ulong group, DateTimeOffset now) =>
        Enumerable
            .Range(0, row.Count)
            .Where(slot => row.Index.Messages[slot].GroupHash == group)
            .Where(slot => Delivery.CanDeliver(row.State[slot], row.Index.Messages[slot], Policy, now))
            .Select(slot => new Pick(row, slot));

    private static BatchRow Without(BatchRow row, int slot) =>
        row with
        {
            State = [.. row.State.Select((s, i) => i == slot ? s with { Status = SlotStatus.Done } : s)],
        };

    private static BatchRow RowOf(int lane, int number, (ulong Group, int Seconds)[] messages, DateTimeOffset now)
    {
        var birth = new BirthRow(RowKind.Immediate, lane, 1_000_000 + number, new WriterId(7), 0);
        return new BatchRow
        {
            Shard = 0,
            Key = birth.Key,
            Birth = birth,
            FirstIndex = 0,
            ETag = default,
            State = [.. messages.Select(m => MessageState.ReadyAt(now.AddSeconds(m.Seconds)))],
            Index = new RowIndex(now, [.. messages.Select(m => new MessageIndex(m.Group, null, 1, 1, null))]),
            Data = null,
        };
    }
}

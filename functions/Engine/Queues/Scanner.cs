using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Shards;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Queues;

/// <summary>
/// Scans the rows of a shard, small columns only, for messages that can be handed out. A scan goes on where the last one stopped, so
/// that every row is come by, however deep the queue is. Beside that it reads the beginnings of the other lanes, so that what is to come
/// first in the order of delivery does not wait for the scan to come round.
/// </summary>
internal sealed class Scanner(EngineContext context, ShardTable table, ShardLoop loop, Rivals rivals, IShardHost host) : IScanner
{
    /// <summary>Rows of a page while other processes take messages, too: what is known of more would soon be out of date.</summary>
    private const int RowsAmongRivals = 64;

    /// <summary>How long what was read at the beginnings of lanes suffices.</summary>
    private static readonly TimeSpan FrontsSuffice = TimeSpan.FromMilliseconds(500);

    private string? position;
    private long frontsReadAt;
    private bool lastPageWasBarren;
    private bool lastPageWasAll;

    public async Task<ScanResult> ScanAsync(ScanOrder order)
    {
        var now = context.Now;
        var all = host.Policy.Source == MessageSource.Live ? RowKeys.Live(now + order.Horizon) : RowKeys.Dead;
        // Where nothing is to be had there is nobody to keep out of the way of; where one page has it all some place in that will do.
        var elsewhere = rivals.TakeMove() && !lastPageWasBarren;
        if (elsewhere && !lastPageWasAll)
            (position, elsewhere) = (await ChooseAsync(all, now), false);
        KeyRange[] legs = [all];
        var fronts = default(Tally);
        if (position is { } from && all.Contains(from))
        {
            legs = [all.After(from), all with { To = from + "!" }];
            fronts = await ReadFrontsAsync(DeliveryOrder.Fronts(all, from), order, now);
        }

        var (seen, pages) = (default(Tally), 0);
        foreach (var leg in legs)
        {
            for (var rest = leg; ; elsewhere = false)
            {
                // What lies at the fronts is no reason to stop: while it lasts nothing else would ever be come by.
                if (seen.Found >= order.Wanted || pages++ >= order.MaxPages)
                    return seen.Plus(fronts).ToResult(complete: false);
                var (page, isPart) = await ReadPageAsync(rest, order, now, inPart: rivals.AreAbout(now), elsewhere);
                seen = seen.Plus(page.Tally);
                lastPageWasBarren = page.Tally.Found + page.Tally.Left == 0;
                lastPageWasAll = rest == all && page.IsAll;
                position = page.Last;
                if (isPart)
                    return seen.Plus(fronts).ToResult(complete: false);
                if (page.Last is not { } last)
                    break;
                rest = rest.After(last);
            }
        }

        return seen.Plus(fronts).ToResult(complete: true);
    }

    private async Task<Tally> ReadFrontsAsync(IEnumerable<KeyRange> fronts, ScanOrder order, DateTimeOffset now)
    {
        if (frontsReadAt != 0 && context.Time.GetElapsedTime(frontsReadAt) < FrontsSuffice)
            return default;
        frontsReadAt = context.Time.GetTimestamp();
        var pages = await Task.WhenAll(fronts.Select(front => ReadPageAsync(front, order, now, inPart: false, elsewhere: false)));
        return pages.Aggregate(default(Tally), (sum, read) => sum.Plus(read.Page.Tally));
    }

    /// <summary>Reads the first page of a range and tells the loop of it, or of the part of it that is worth knowing.</summary>
    /// <param name="inPart">
    /// Whether what others are at work on, and what comes behind it, is left to them if there is anything else, and enough for those who
    /// cannot wait.
    /// </param>
    /// <param name="elsewhere">Whether to begin at some place in the page then.</param>
    private async Task<(Page Page, bool IsPart)> ReadPageAsync(
        KeyRange range,
        ScanOrder order,
        DateTimeOffset now,
        bool inPart,
        bool elsewhere
    )
    {
        var most = rivals.AreAbout(now) && !lastPageWasBarren ? RowsAmongRivals : ShardTable.MaxPageRows;
        var began = CachedRow.Stamp();
        var (all, end) = await table.ReadPageAsync(range, most, withData: false, CancellationToken.None);
        var part = inPart ? FreePlace.PartOf([.. all.Select(row => See(row, order, now))], elsewhere, Random.Shared.Next) : null;
        var rows = part is { } free ? [.. all.Take(free)] : all;
        var tally = Count(rows, order, now);
        if (order.Whole && tally.Found < order.Wanted)
            (part, rows, tally) = (null, all, Count(all, order, now));
        var last = end;
        if (part is { Start.Value: > 0 })
            range = range with { From = rows[0].Key };
        if (part is { End.Value: var to } && to < all.Count)
        {
            last = rows[^1].Key;
            // What comes next is another's.
            rivals.Move();
        }

        loop.Post(new Work.Scanned(rows, last is null ? range : range with { To = last + "!" }, began));
        return (new Page(tally, last, IsAll: end is null), rows.Count < all.Count);
    }

    /// <summary>Behind which row to begin, out of the way of other processes; null: at the beginning.</summary>
    private async Task<string?> ChooseAsync(KeyRange all, DateTimeOffset now)
    {
        var (rows, _) = await table.ReadEntitiesAsync(all, ShardTable.MaxPageRows, RowEntity.UseColumns, CancellationToken.None);
        var taken = rows.Select(row => RowEntity.IsInUse(row, now, Rivals.Memory)).ToList();
        return FreePlace.Choose(taken, Random.Shared.Next) is > 0 and var place ? rows[place - 1].RowKey : null;
    }

    private SeenRow See(BatchRow row, ScanOrder order, DateTimeOffset now)
    {
        var policy = host.Policy;
        var isLeft = !order.Whole && rivals.IsTheirs(row, now);
        return new SeenRow(row.Birth.Lane, rivals.AreIn(row, policy, now), IsToBeHad: !isLeft && CanDeliver());

        bool CanDeliver()
        {
            for (var slot = 0; slot < row.Count; slot++)
            {
                if (Delivery.CanDeliver(row.State[slot], row.Index.Messages[slot], policy, now))
                    return true;
            }

            return false;
        }
    }

    private Tally Count(IReadOnlyList<BatchRow> rows, ScanOrder order, DateTimeOffset now)
    {
        var (policy, tally) = (host.Policy, default(Tally));
        foreach (var row in rows)
        {
            // Who cannot wait gets what there is; else nobody is to come back for it all the time.
            var left = order.Whole ? null : rivals.LeftUntil(row, now);
            for (var slot = 0; slot < row.Count; slot++)
            {
                if (Delivery.CanDeliver(row.State[slot], row.Index.Messages[slot], policy, now))
                    tally = tally.Plus(left is null ? new Tally(1, 0, null) : new Tally(0, 1, left));
                else if (Delivery.ActionableAt(row.State[slot], row.Index.Messages[slot], policy) is { } at && at > now)
                    tally = tally.Plus(new Tally(0, 0, at));
            }
        }

        return tally;
    }

    /// <summary>What came of reading a page.</summary>
    /// <param name="Last">Where to go on behind; null: at the end of the range.</param>
    /// <param name="IsAll">Whether storage had no more in the range.</param>
    private readonly record struct Page(Tally Tally, string? Last, bool IsAll);

    /// <summary>Messages that can be handed out, those of them that are left to others for a while, and when the next can be.</summary>
    private readonly record struct Tally(int Found, int Left, DateTimeOffset? NextDue)
    {
        public Tally Plus(Tally other) =>
            new(Found + other.Found, Left + other.Left, NextDue is null || other.NextDue < NextDue ? other.NextDue : NextDue);

        public ScanResult ToResult(bool complete) => new(Found, complete && Found + Left == 0, NextDue);
    }
}

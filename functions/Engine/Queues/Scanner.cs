using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Shards;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Queues;

/// <summary>
/// Walks the rows of a shard, small columns only, for messages that can be handed out. A hand remembers where the last walk
/// stopped, so that every row is come by, however deep the queue is.
/// </summary>
internal sealed class Scanner(EngineContext context, ShardTable table, ShardLoop loop, IShardHost host) : IScanner
{
    /// <summary>Rows of a page while other processes take messages, too: what is known of more would soon be out of date.</summary>
    private const int RowsAmongRivals = 64;

    private string? hand;

    public async Task<ScanResult> WalkAsync(int wanted, int maxPages)
    {
        var now = context.Now;
        var all = host.Policy.Source == MessageSource.Live ? RowKeys.Live(now) : RowKeys.Dead;
        var rivals = loop.Rivals.AreAbout(now);
        if (loop.Rivals.TakeMove())
            hand = await ChooseAsync(all);
        KeyRange[] legs = hand is { } from && all.Contains(from) ? [all.After(from), all with { To = from + "!" }] : [all];
        var found = 0;
        var pages = 0;
        DateTimeOffset? nextDue = null;
        foreach (var leg in legs)
        {
            for (var rest = leg; ;)
            {
                if (found >= wanted || pages++ >= maxPages)
                    return new ScanResult(found, Complete: false, nextDue);
                var began = CachedRow.Stamp();
                var page = await table.ReadPageAsync(rest, rivals ? RowsAmongRivals : ShardTable.MaxPageRows, withData: false, CancellationToken.None);
                loop.Post(new Work.Scanned(page.Rows, page.LastKey is { } end ? rest with { To = end + "!" } : rest, began));
                found += Count(page.Rows, now, ref nextDue);
                hand = page.LastKey;
                if (page.LastKey is null)
                    break;
                rest = rest.After(page.LastKey);
            }
        }

        hand = null;
        return new ScanResult(found, Complete: true, nextDue);
    }

    /// <summary>Some place in the range, where other processes are not likely to be.</summary>
    private async Task<string?> ChooseAsync(KeyRange all)
    {
        var (rows, _) = await table.ReadEntitiesAsync(all, ShardTable.MaxPageRows, ["RowKey"], CancellationToken.None);
        return rows.Count == 0 ? null : rows[Random.Shared.Next(rows.Count)].RowKey;
    }

    private int Count(IReadOnlyList<BatchRow> rows, DateTimeOffset now, ref DateTimeOffset? nextDue)
    {
        var (count, policy) = (0, host.Policy);
        foreach (var row in rows)
        {
            for (var slot = 0; slot < row.Count; slot++)
            {
                if (Delivery.CanDeliver(row.State[slot], row.Index.Messages[slot], policy, now))
                    count++;
                else if (Delivery.ActionableAt(row.State[slot], row.Index.Messages[slot], policy) is { } at && at > now && (nextDue is null || at < nextDue))
                    nextDue = at;
            }
        }

        return count;
    }
}

/// <summary>Looks for messages that can be handed out, and tells a shard's loop of them.</summary>
internal interface IScanner
{
    /// <summary>Walks on until <paramref name="wanted"/> messages are found, the circle is closed or the pages are used up.</summary>
    Task<ScanResult> WalkAsync(int wanted, int maxPages);
}

/// <summary>What a walk came by.</summary>
/// <param name="Found">Messages that could be handed out when they were read.</param>
/// <param name="Complete">Whether every row of the shard was looked at.</param>
/// <param name="NextDue">When the next of the others can be handed out.</param>
internal readonly record struct ScanResult(int Found, bool Complete, DateTimeOffset? NextDue);

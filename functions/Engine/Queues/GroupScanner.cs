using FuncQueue.Engine.Shards;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Queues;

/// <summary>
/// Walks a FIFO shard in the order of its rows, small columns only. Rows appear in that order, so an ascending walk leaves no gap: what it
/// has passed is all there is. A hand remembers where the last walk stopped.
/// </summary>
internal sealed class GroupScanner(ShardTable table, ShardLoop loop) : IScanner
{
    private Hand? hand;

    public async Task<ScanResult> WalkAsync(int wanted, int maxPages)
    {
        var (start, wrapped) = (hand, false);
        var last = new GroupScan();
        for (var pages = 0; pages < maxPages; pages++)
        {
            var leg = wrapped ? RowKeys.Fifo with { To = start!.Key + "!" } : RowKeys.Fifo;
            var range = hand is null ? leg : leg.After(hand.Key);
            var began = CachedRow.Stamp();
            var page = await table.ReadGroupedPageAsync(range, CancellationToken.None);
            var head = hand?.Head ?? page.Head?.Next ?? 0;
            var ends = page.LastKey is null;
            var covered = range with { To = page.StoppedAt ?? (page.LastKey is { } key ? key + "!" : range.To) };
            var atEnd = ends && page.StoppedAt is null && !wrapped;
            last = await AskAsync(new Work.ScannedGroups(page, covered, began, hand?.CompleteTo ?? 0, atEnd ? head : null, new(TaskCreationOptions.RunContinuationsAsynchronously)));
            if (!last.Accepted)
            {
                // The loop has forgotten what it knew: from the start.
                (hand, start, wrapped) = (null, null, false);
            }
            else if (!ends && !last.IsFull)
            {
                hand = new Hand(page.LastKey!, last.CompleteTo, head);
                if (last.Deliverable >= wanted)
                    break;
            }
            else
            {
                hand = null;
                if (start is null || wrapped)
                    return new ScanResult(last.Deliverable, Complete: true, last.NextDue);
                wrapped = true;
            }
        }

        return new ScanResult(last.Deliverable, Complete: false, last.NextDue);
    }

    private Task<GroupScan> AskAsync(Work.ScannedGroups scanned)
    {
        loop.Post(scanned);
        return scanned.Answer.Task;
    }

    /// <summary>Where a walk stopped.</summary>
    /// <param name="CompleteTo">What must still be known for the walk to go on from here.</param>
    /// <param name="Head">The shard's head when the walk began.</param>
    private sealed record Hand(string Key, long CompleteTo, long Head);
}

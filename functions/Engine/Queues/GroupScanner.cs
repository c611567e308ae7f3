using FuncQueue.Engine.Shards;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Queues;

/// <summary>
/// Scans a FIFO shard in the order of its rows, small columns only. Rows appear in that order, so an ascending scan leaves no gap: what it
/// has passed is all there is. A scan goes on where the last one stopped.
/// </summary>
internal sealed class GroupScanner(ShardTable table, ShardLoop loop) : IScanner
{
    private Position? position;

    public async Task<ScanResult> ScanAsync(ScanOrder order)
    {
        var (start, wrapped) = (position, false);
        var last = new GroupScan();
        for (var pages = 0; pages < order.MaxPages; pages++)
        {
            var leg = wrapped ? RowKeys.Fifo with { To = start!.Key + "!" } : RowKeys.Fifo;
            var range = position is null ? leg : leg.After(position.Key);
            var began = CachedRow.Stamp();
            var page = await table.ReadGroupedPageAsync(range, CancellationToken.None);
            var head = position?.Head ?? page.Head?.Next ?? 0;
            var ends = page.LastKey is null;
            var covered = range with { To = page.StoppedAt ?? (page.LastKey is { } key ? key + "!" : range.To) };
            var atEnd = ends && page.StoppedAt is null && !wrapped;
            last = await AskAsync(answer => new Work.ScannedGroups(
                page,
                covered,
                began,
                position?.CompleteTo ?? 0,
                atEnd ? head : null,
                answer
            ));
            if (!last.Accepted)
            {
                // The loop has forgotten what it knew: from the start.
                (position, start, wrapped) = (null, null, false);
            }
            else if (!ends && !last.IsFull)
            {
                position = new Position(page.LastKey!, last.CompleteTo, head);
                if (last.Deliverable >= order.Wanted)
                    break;
            }
            else
            {
                position = null;
                if (start is null || wrapped)
                    return new ScanResult(last.Deliverable, Empty: last.Deliverable == 0, last.NextDue);
                wrapped = true;
            }
        }

        return new ScanResult(last.Deliverable, Empty: false, last.NextDue);
    }

    private Task<GroupScan> AskAsync(Func<TaskCompletionSource<GroupScan>, Work.ScannedGroups> scanned)
    {
        var answer = new TaskCompletionSource<GroupScan>(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(scanned(answer));
        return answer.Task;
    }

    /// <summary>Where a scan stopped.</summary>
    /// <param name="CompleteTo">What must still be known for the scan to go on from here.</param>
    /// <param name="Head">The shard's head when the scan began.</param>
    private sealed record Position(string Key, long CompleteTo, long Head);
}

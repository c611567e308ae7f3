using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Groups;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>
/// What is known of a FIFO shard: rows with their bodies, as far as they are wanted; of all rows, up to a number, which groups they have
/// messages of; and the locks of these groups.
/// </summary>
internal sealed class KnownFifoShard(ShardTable table, Func<DeliveryPolicy> policy, Func<DateTimeOffset> clock)
    : KnownShard(policy, clock, new IndexedElsewhere())
{
    private readonly KnownLocks locks = new();
    private readonly HashSet<ulong> distrusted = [];

    public override KnownLocks Locks => locks;

    public GroupIndex Index { get; } = new();

    public override CachedRow Remember(BatchRow row, long seen)
    {
        Index.Learn(row, seen, Policy);
        return base.Remember(row, seen);
    }

    public override void Gone(string key, long seen)
    {
        Index.Gone(key, seen);
        base.Gone(key, seen);
    }

    public override void Inserted(BatchRow row, long behind)
    {
        var seen = CachedRow.Stamp();
        if (Index.TryAppend(row, behind, seen, Policy))
            Rows.Put(row, seen);
    }

    public override void Forget()
    {
        base.Forget();
        Index.Clear();
        locks.Clear();
        distrusted.Clear();
    }

    public override void Distrust(IEnumerable<LockEdit> edits)
    {
        foreach (var edit in edits)
        {
            locks.Forget(edit.Group);
            distrusted.Add(edit.Group);
        }
    }

    public override async Task ReadDistrustedAsync()
    {
        if (distrusted.Count == 0)
            return;
        await ReadLocksAsync([.. distrusted]);
        distrusted.Clear();
    }

    public override Task ReadLocksOfAsync(IEnumerable<(BatchRow Row, SettleRequest Request)> settled)
    {
        var unknown = new HashSet<ulong>();
        foreach (var (row, request) in settled)
        {
            if (request.Slot >= row.Count || request.Lease == default)
                continue;
            var (state, group) = (row.State[request.Slot], row.Index.Messages[request.Slot].GroupHash);
            if (state.LeaseId == request.Lease && state.Status != SlotStatus.Done && locks.Find(group)?.Lists(request.Lease) != true)
                unknown.Add(group);
        }

        return ReadLocksAsync([.. unknown]);
    }

    public override GroupScan TakeIn(Work.ScannedGroups scanned)
    {
        var (page, range, began) = (scanned.Page, scanned.Range, scanned.Began);
        if (scanned.Behind > Index.CompleteTo)
            return default;
        Index.Learn(page, range, began, Policy);
        if (scanned.EndOfShard is { } end)
            Index.CompleteUpTo(end);
        if (page.StoppedAt is { } stop)
            Index.CutAt(stop);
        locks.LearnAll(page.Locks, range, began);
        Rows.RemoveMissing(range, page.Rows.Select(r => r.Key).ToHashSet(StringComparer.Ordinal), began);
        foreach (var row in page.Rows)
        {
            // Only rows already in memory: the others are read, with their bodies, when it is their turn.
            if (Rows.Find(row.Key) is { } known && known.Seen < began && known.Row.ETag != row.ETag)
                Rows.Put(row, began);
        }

        return Survey();
    }

    private GroupScan Survey()
    {
        var now = Now;
        var deliverable = 0;
        DateTimeOffset? nextDue = null;
        foreach (var group in Index.InOrder)
        {
            if (locks.Find(group.Hash) is { IsReadable: false })
                continue;
            if (group.ActionableAt <= now)
                deliverable += group.First.Of(group.Hash).Count;
            else if (nextDue is null || group.ActionableAt < nextDue)
                nextDue = group.ActionableAt;
        }

        return new GroupScan(true, deliverable, nextDue, Index.CompleteTo, Index.IsFull);
    }

    private async Task ReadLocksAsync(IReadOnlyList<ulong> which)
    {
        foreach (var chunk in which.Chunk(RowReader.MaxParallel))
        {
            var began = CachedRow.Stamp();
            var read = await Task.WhenAll(chunk.Select(group => table.ReadLockAsync(group, CancellationToken.None)));
            for (var i = 0; i < chunk.Length; i++)
                locks.Learn(chunk[i], read[i], began);
        }
    }

    /// <summary>The index keeps account of groups, of rows that are not in memory, too.</summary>
    private sealed class IndexedElsewhere : IRowGroups
    {
        public void Changed(CachedRow? before, CachedRow? after) { }

        public bool IsScarce(CachedRow row) => false;
    }
}

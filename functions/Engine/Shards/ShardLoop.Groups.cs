using System.Security.Cryptography;
using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Groups;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <content>
/// FIFO: messages of a group are leased from its oldest on, to one receiver, and the group's lock is taken in the transaction that
/// leases them. Claims rest on two facts: the index has no gaps, so nothing older is overlooked; and what is done stays done, so old
/// knowledge can only make a write fail.
/// </content>
internal sealed partial class ShardLoop
{
    private readonly HashSet<ulong> staleLocks = [];
    private bool scatter;

    private void TakeInInserted(BatchRow row, long behind)
    {
        var seen = CachedRow.Stamp();
        if (groups is null || groups.TryAppend(row, behind, seen, host.Policy))
            cache.Put(row, seen);
    }

    private GroupScan TakeIn(Work.ScannedGroups scanned)
    {
        var (page, range, began) = (scanned.Page, scanned.Range, scanned.Began);
        if (groups is null || locks is null || scanned.Behind > groups.CompleteTo)
            return default;
        groups.Learn(page, range, began, host.Policy);
        if (scanned.EndOfShard is { } end)
            groups.CompleteUpTo(end);
        if (page.StoppedAt is { } stop)
            groups.CutAt(stop);
        locks.LearnAll(page.Locks, range, began);
        cache.RemoveMissing(range, page.Rows.Select(r => r.Key).ToHashSet(StringComparer.Ordinal), began);
        foreach (var row in page.Rows)
        {
            // Only rows already in mind: the others are read, with their bodies, when it is their turn.
            if (cache.Find(row.Key) is { } known && known.Seen < began && known.Row.ETag != row.ETag)
                cache.Put(row, began);
        }

        return Survey(groups, locks);
    }

    private GroupScan Survey(GroupIndex index, KnownLocks known)
    {
        var (now, policy) = (context.Now, host.Policy);
        var deliverable = 0;
        DateTimeOffset? nextDue = null;
        foreach (var group in index.InOrder)
        {
            var at = group.ActionableAt;
            if (known.Find(group.Hash)?.EndsAt(policy) is { } end && end > at)
                at = end;
            if (at <= now)
                deliverable += group.First.Of(group.Hash).Count;
            else if (nextDue is null || at < nextDue)
                nextDue = at;
        }

        return new GroupScan(true, deliverable, nextDue, index.CompleteTo, index.IsFull);
    }

    private CachedRow Remember(BatchRow row, long seen)
    {
        groups?.Learn(row, seen, host.Policy);
        return cache.Put(row, seen);
    }

    private void ForgetGone(string key, long seen)
    {
        groups?.Gone(key, seen);
        cache.Remove(key);
    }

    private void ForgetAll()
    {
        cache.Clear();
        groups?.Clear();
        locks?.Clear();
        staleLocks.Clear();
    }

    /// <summary>What is known of these locks no longer holds: they are read before the next flight.</summary>
    private void Distrust(IEnumerable<LockEdit> edits)
    {
        foreach (var edit in edits)
        {
            locks!.Forget(edit.Group);
            staleLocks.Add(edit.Group);
        }
    }

    private async Task ReadStaleLocksAsync()
    {
        if (staleLocks.Count == 0)
            return;
        await ReadLocksAsync([.. staleLocks]);
        staleLocks.Clear();
    }

    private async Task ReadLocksAsync(IReadOnlyList<ulong> which)
    {
        foreach (var chunk in which.Chunk(MaxParallelReads))
        {
            var began = CachedRow.Stamp();
            var read = await Task.WhenAll(chunk.Select(group => table.ReadLockAsync(group, CancellationToken.None)));
            for (var i = 0; i < chunk.Length; i++)
                locks!.Learn(chunk[i], read[i], began);
        }
    }

    /// <summary>Reads the locks of leases that are to be settled, where memory does not have them: mostly those that another process gave.</summary>
    private async Task KnowLocksAsync(IEnumerable<(BatchRow Row, SettleRequest Request)> requests)
    {
        var unknown = new HashSet<ulong>();
        foreach (var (row, request) in requests)
        {
            if (request.Slot >= row.Count || request.Lease == default)
                continue;
            var (state, group) = (row.State[request.Slot], row.Index.Messages[request.Slot].GroupHash);
            if (state.LeaseId == request.Lease && state.Status != SlotStatus.Done && locks!.Find(group)?.Lists(request.Lease) != true)
                unknown.Add(group);
        }

        await ReadLocksAsync([.. unknown]);
    }

    /// <summary>Leases messages of groups that are free to the receivers that wait; true when it leased any, or read what it may lease next.</summary>
    private async Task<bool> PlanGroupClaimsAsync(Flight flight, int demand)
    {
        var (candidates, unread) = Choose(flight, demand);
        if (candidates.Count == 0)
            return false;
        var inHand = await ReadBodiesAsync(unread, [], groups!.CountBetween);
        AssignGroups(flight, candidates, inHand);
        // What is in mind may have been thought deliverable under other settings: then there is nothing to come back for until a look.
        return unread.Count > 0 || flight.HasChanges;
    }

    /// <summary>The free groups to serve, as many as meet the demand, and those of their rows whose bodies must be read first.</summary>
    private (List<ulong> Groups, List<string> Unread) Choose(Flight flight, int demand)
    {
        var (chosen, unread) = (new List<ulong>(), new List<string>());
        var most = host.Receivers.LargestRequest();
        foreach (var group in InTurn())
        {
            if (group.ActionableAt > flight.Now || flight.IsLocked(group.Hash))
                continue;
            chosen.Add(group.Hash);
            var wanted = Math.Min(most, demand);
            foreach (var row in group.Rows)
            {
                if ((flight.Find(row.Key)?.Row ?? cache.Find(row.Key)?.Row)?.Data is null && !unread.Contains(row.Key))
                    unread.Add(row.Key);
                var here = row.Of(group.Hash).Count;
                wanted -= here;
                demand -= Math.Min(here, most);
                if (wanted <= 0 || unread.Count >= MaxRowsPerFlight)
                    break;
            }

            if (demand <= 0 || chosen.Count >= MaxRowsPerFlight || unread.Count >= MaxRowsPerFlight)
                break;
        }

        return (chosen, unread);
    }

    /// <summary>Groups with the oldest messages first; after a lost race from another place, so that processes keep out of each other's way.</summary>
    private IEnumerable<OpenGroup> InTurn()
    {
        if (!scatter || groups!.Count < 2)
            return groups!.InOrder;
        scatter = false;
        var skip = RandomNumberGenerator.GetInt32(Math.Min(groups.Count, 4 * MaxRowsPerFlight));
        return groups.InOrder.Skip(skip).Concat(groups.InOrder.Take(skip));
    }

    private void AssignGroups(Flight flight, List<ulong> candidates, Dictionary<string, BatchRow> inHand)
    {
        flight.Advance(context.Now);
        Claim? claim = null;
        foreach (var hash in candidates)
        {
            // What was read may have shown that there is nothing left.
            if (flight.IsLocked(hash) || groups!.Find(hash) is not { } group)
                continue;
            var most = claim is null ? host.Receivers.LargestRequest() : claim.Receiver.Request.MaxMessages - claim.Messages.Count;
            var taken = false;
            foreach (var (row, slot, state) in Deliverable(flight, group, most, inHand))
            {
                if (!flight.HasRoomFor(row, slot))
                {
                    Close();
                    return;
                }

                if (claim is null)
                {
                    if (host.Receivers.TryTake() is not { } receiver)
                        return;
                    claim = new Claim(receiver, []);
                }

                if (!taken)
                    flight.LockOf(hash)!.Take();
                taken = true;
                Give(flight, Edit(flight, row), slot, state, claim);
                if (claim.Messages.Count == claim.Receiver.Request.MaxMessages)
                {
                    Close();
                    break;
                }
            }
        }

        Close();

        void Close()
        {
            if (claim is not null)
                flight.Claims.Add(claim);
            claim = null;
        }
    }

    private static RowEdit Edit(Flight flight, BatchRow row)
    {
        var edit = flight.Edit(row);
        if (edit.Row.Data is null && row.Data is { } data)
            edit.Supply(data);
        return edit;
    }

    /// <summary>The oldest messages of a group that can go out together: up to the first that cannot.</summary>
    private List<(BatchRow Row, int Slot, MessageState State)> Deliverable(Flight flight, OpenGroup group, int most, Dictionary<string, BatchRow> inHand)
    {
        var chain = new List<(BatchRow, int, MessageState)>();
        foreach (var indexed in group.Rows)
        {
            var row = flight.Find(indexed.Key)?.Row is { Data: not null } edited ? edited : inHand.GetValueOrDefault(indexed.Key) ?? cache.Find(indexed.Key)?.Row;
            if (row?.Data is null || !Tend(flight, row, SweepScope.Poison, asked: null))
                return chain;
            for (var slot = 0; slot < row.Count; slot++)
            {
                if (row.Index.Messages[slot].GroupHash != group.Hash)
                    continue;
                var state = StateOf(flight, row, slot);
                if (state.Status == SlotStatus.Done)
                    continue;
                if (chain.Count >= most || !Delivery.CanDeliver(state, row.Index.Messages[slot], flight.Policy, flight.Now))
                    return chain;
                chain.Add((row, slot, state));
            }
        }

        return chain;
    }
}

using System.Security.Cryptography;
using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Groups;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>
/// Leases of a FIFO shard: messages of a group are leased from the first that is not done, up to the first that cannot go out, to one
/// receiver, and the group's lock is taken in the transaction that leases them. So none goes out behind one that is out. That rests on
/// three facts: the index has no gaps, so nothing older is overlooked; what is done stays done; and each message's row is written
/// If-Match, so old knowledge can only make a write fail.
/// </summary>
internal sealed class FifoLeases(EngineContext context, IShardHost host, KnownFifoShard known, RowReader reader) : ILeasePlan
{
    private bool scatter;

    public async Task<bool> PlanAsync(Flight flight, int demand)
    {
        var (candidates, unread) = Choose(flight, demand);
        if (candidates.Count == 0 || !await host.GivesNowAsync())
            return false;
        var inHand = await reader.ReadBodiesAsync(unread, [], known.Index.CountBetween);
        Assign(flight, candidates, inHand);
        // What is in memory may have been thought deliverable under other settings: then there is nothing to come back for until a scan.
        return unread.Count > 0 || flight.HasChanges;
    }

    public IReadOnlyList<RowEdit> Contended(Flight flight, WriteOwner contended)
    {
        scatter = true;
        return [];
    }

    public void Written(Claim claim) { }

    /// <summary>
    /// The groups to serve whose first message can go out, as many as meet the demand, and those of their rows whose bodies must be read.
    /// </summary>
    private (List<ulong> Groups, List<string> Unread) Choose(Flight flight, int demand)
    {
        var (chosen, unread) = (new List<ulong>(), new List<string>());
        var most = host.Receivers.LargestRequest();
        foreach (var group in InOrder())
        {
            if (group.ActionableAt > flight.Now || !flight.CanTake(group.Hash))
                continue;
            chosen.Add(group.Hash);
            var wanted = Math.Min(most, demand);
            foreach (var row in group.Rows)
            {
                // Out, or held back: nothing from there on goes out.
                if (row.Of(group.Hash).ActionableAt > flight.Now)
                    break;
                if ((flight.Find(row.Key)?.Row ?? known.Rows.Find(row.Key)?.Row)?.Data is null && !unread.Contains(row.Key))
                    unread.Add(row.Key);
                var here = row.Of(group.Hash).Count;
                wanted -= here;
                demand -= Math.Min(here, most);
                if (wanted <= 0 || unread.Count >= Flight.MaxRows)
                    break;
            }

            if (demand <= 0 || chosen.Count >= Flight.MaxRows || unread.Count >= Flight.MaxRows)
                break;
        }

        return (chosen, unread);
    }

    /// <summary>Groups with the oldest messages first; after a lost race from another place, to keep out of others' way.</summary>
    private IEnumerable<OpenGroup> InOrder()
    {
        if (!scatter || known.Index.Count < 2)
            return known.Index.InOrder;
        scatter = false;
        var skip = RandomNumberGenerator.GetInt32(Math.Min(known.Index.Count, 4 * Flight.MaxRows));
        return known.Index.InOrder.Skip(skip).Concat(known.Index.InOrder.Take(skip));
    }

    private void Assign(Flight flight, List<ulong> candidates, Dictionary<string, BatchRow> inHand)
    {
        flight.Advance(context.Now);
        var giver = new LeaseGiver(context, host.Receivers, flight);
        foreach (var hash in candidates)
        {
            // What was read may have shown that there is nothing left.
            if (!flight.CanTake(hash) || known.Index.Find(hash) is not { } group)
                continue;
            foreach (var (row, slot) in Deliverable(flight, group, giver.Room, inHand))
            {
                if (!flight.HasRoomFor(row, slot) || !giver.HasReceiver())
                    return;
                // Those of one group go to one receiver.
                if (giver.Give(row, slot))
                    break;
            }
        }
    }

    /// <summary>The oldest messages of a group that can go out together: up to the first that cannot.</summary>
    private List<Pick> Deliverable(Flight flight, OpenGroup group, int most, Dictionary<string, BatchRow> inHand)
    {
        var chain = new List<Pick>();
        foreach (var indexed in group.Rows)
        {
            var row = flight.Find(indexed.Key)?.Row is { Data: not null } edited
                ? edited
                : inHand.GetValueOrDefault(indexed.Key) ?? known.Rows.Find(indexed.Key)?.Row;
            if (row?.Data is null || !UpkeepPlan.Tend(flight, row, SweepScope.Poison, asked: null))
                return chain;
            for (var slot = 0; slot < row.Count; slot++)
            {
                if (row.Index.Messages[slot].GroupHash != group.Hash)
                    continue;
                var state = flight.StateOf(row, slot);
                if (state.Status == SlotStatus.Done)
                    continue;
                if (chain.Count >= most || !Delivery.CanDeliver(state, row.Index.Messages[slot], flight.Policy, flight.Now))
                    return chain;
                chain.Add(new Pick(row, slot));
            }
        }

        return chain;
    }
}

using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>Leases of a shard whose messages are in no order that must be kept: in the order of delivery, groups in turn.</summary>
internal sealed class StandardLeases(EngineContext context, IShardHost host, KnownStandardShard known, RowReader reader, Rivals rivals)
    : ILeasePlan
{
    /// <summary>Flights, this one included, for which bodies are read at once while other processes are about.</summary>
    private const int RowsAheadAmongRivals = 2;

    private int flights;

    public async Task<bool> PlanAsync(Flight flight, int demand)
    {
        var lowestFirst = flights++ % DeliveryOrder.LowestLaneEvery == DeliveryOrder.LowestLaneEvery - 1;
        var chosen = new ChosenRows();
        var turns = known.Turns.AreTaken ? ChooseInTurn(flight, demand, lowestFirst, chosen) : null;
        Choose(flight, demand - (turns?.Count ?? 0), lowestFirst, chosen);
        if (chosen.Rows.Count == 0 || !await host.GivesNowAsync())
            return false;
        if (chosen.Rows.Exists(r => r.Data is null))
        {
            var unread = RowReader.WithinBytes(chosen.Rows.Where(r => r.Data is null));
            await reader.ReadBodiesAsync(unread, ReadAhead(flight, chosen, lowestFirst), known.Rows.CountBetween);
        }

        // Read for the bodies, rows show their state, too: who came first is better learnt from that than from a write.
        var taken = chosen.Rows.FindAll(listed => IsTakenSince(listed, flight));
        if (taken.Count > 0 && !CannotWait(flight))
        {
            chosen.Rows.RemoveAll(taken.Contains);
            turns?.RemoveAll(pick => taken.Contains(pick.Row));
        }

        Assign(flight, chosen.Rows, turns);
        if (taken.Count > 0)
            Lost(taken[0]);
        return true;
    }

    /// <summary>
    /// If there are settlements in a flight that has met another process over a lease, it leases from no more rows of others, lest the
    /// settlements be sent once for each.
    /// </summary>
    public IReadOnlyList<RowEdit> Contended(Flight flight, WriteOwner contended)
    {
        if (contended is not RowEdit met)
            return [];
        var claimed = flight.Claims.Exists(c => c.Messages.Exists(m => ReferenceEquals(m.Edit, met)));
        if (!claimed)
        {
            rivals.Met(met.Row, claimed, context.Now);
            return [];
        }

        Lost(met.Row);
        if (flight.Edits.All(e => e.Settled.Count == 0))
            return [];
        var theirs = flight.Edits.Where(e => e.Settled.Count == 0 && e.UpkeepFor is null && !rivals.IsOurs(e.Row)).ToList();
        theirs.ForEach(e => flight.Drop(e));
        return theirs;
    }

    public void Written(Claim claim)
    {
        if (claim.Messages.Count > 0)
            rivals.Leased(claim.Messages[0].Edit.Row);
    }

    /// <summary>Whether another process has come first to a row since it was listed, as the read of its bodies has shown.</summary>
    private bool IsTakenSince(BatchRow listed, Flight flight) =>
        !rivals.IsOurs(listed)
        && (known.Rows.Find(listed.Key)?.Row is not { } row || (row.ETag != listed.ETag && rivals.AreIn(row, flight.Policy, flight.Now)));

    /// <summary>
    /// Another process came first, and where it did so once there is more of it: what was known of others' messages is forgotten, to go on
    /// elsewhere.
    /// </summary>
    private void Lost(BatchRow row)
    {
        rivals.Met(row, claimed: true, context.Now);
        known.Rows.RemoveWhere(r => !rivals.IsOurs(r));
        host.ScanAgain();
    }

    /// <summary>The messages to lease next, in turn, as many as meet the demand, from as many rows as a flight takes.</summary>
    private List<Pick> ChooseInTurn(Flight flight, int demand, bool lowestFirst, ChosenRows chosen)
    {
        var picks = new List<Pick>();
        foreach (var pick in known.Turns.InTurn(flight.Now, lowestFirst, Deliverable, Tend))
        {
            if (!chosen.TryAdd(pick.Row))
                break;
            picks.Add(pick);
            if (picks.Count >= demand)
                break;
        }

        return picks;

        IEnumerable<Pick> Deliverable(string key, ulong group)
        {
            if (known.Rows.Find(key)?.Row is not { } row)
                yield break;
            for (var slot = 0; slot < row.Count; slot++)
            {
                if (row.Index.Messages[slot].GroupHash == group && CanDeliver(flight, row, slot))
                    yield return new Pick(row, slot);
            }
        }

        // A group's messages may be past their time or their deliveries: that is seen to, so that they do not stay in the way.
        void Tend(string key)
        {
            if (known.Rows.Find(key)?.Row is { } row && Enumerable.Range(0, row.Count).Any(slot => UpkeepPlan.IsDue(flight, row, slot)))
                chosen.TryAdd(row);
        }
    }

    /// <summary>The rows to lease from or to look after, beside those already chosen: in order, as few as meet the demand.</summary>
    private void Choose(Flight flight, int demand, bool lowestFirst, ChosenRows chosen)
    {
        if (demand <= 0)
            return;
        foreach (var entry in Candidates(flight, lowestFirst))
        {
            var (row, useful) = (entry.Row, false);
            for (var slot = 0; slot < row.Count; slot++)
            {
                if (CanDeliver(flight, row, slot))
                {
                    demand--;
                    useful = true;
                }
                else if (UpkeepPlan.IsDue(flight, row, slot))
                {
                    useful = true;
                }
            }

            if ((useful && !chosen.TryAdd(row)) || demand <= 0)
                break;
        }
    }

    private bool CannotWait(Flight flight) => host.Receivers.NextDeadline() <= flight.Now;

    /// <summary>Rows with something to do, in the order of delivery.</summary>
    private IEnumerable<CachedRow> Candidates(Flight flight, bool lowestFirst)
    {
        var rows = known.Rows.Actionable(flight.Now);
        if (!rivals.AreAbout(flight.Now))
            return DeliveryOrder.ForClaims(rows, lowestFirst, contested: null);
        // Who cannot wait gets what there is.
        if (!CannotWait(flight))
            rows = rows.Where(r => !rivals.IsTheirs(r.Row, flight.Now));
        return DeliveryOrder.ForClaims(rows, lowestFirst, r => rivals.AreIn(r.Row, flight.Policy, flight.Now));
    }

    /// <summary>Rows that are likely to be next, whose bodies may as well be read now: several reads in one.</summary>
    private List<string> ReadAhead(Flight flight, ChosenRows chosen, bool lowestFirst)
    {
        // Among rivals little, since what is read long before it is claimed may be theirs by then.
        var most = rivals.AreAbout(flight.Now) ? chosen.Rows.Count * RowsAheadAmongRivals : Flight.MaxRows;
        var (ahead, lane) = (new List<string>(), chosen.Rows[^1].Birth.Lane);
        var bytes = chosen.Rows.Sum(r => r.Data is null ? r.EncodedLength : 0);
        foreach (var entry in Candidates(flight, lowestFirst))
        {
            if (chosen.Contains(entry.Row))
                continue;
            // What is known already, or of another lane, ends the run of neighbours.
            if (entry.Row.Data is not null || entry.Row.Birth.Lane != lane)
                break;
            if ((bytes += entry.Row.EncodedLength) > RowReader.MaxReadAheadBytes)
                break;
            ahead.Add(entry.Row.Key);
            if (ahead.Count >= most)
                break;
        }

        return ahead;
    }

    /// <param name="turns">The messages to lease, in their order; null: those of the rows as they come.</param>
    private void Assign(Flight flight, List<BatchRow> chosen, List<Pick>? turns)
    {
        flight.Advance(context.Now);
        foreach (var listed in chosen)
        {
            if (known.Rows.Find(listed.Key)?.Row is { Data: not null } row && !UpkeepPlan.Tend(flight, row, SweepScope.Poison, asked: null))
                return;
        }

        var giver = new LeaseGiver(context, host.Receivers, flight);
        foreach (var (listed, slot) in turns ?? chosen.SelectMany(r => Enumerable.Range(0, r.Count), (r, slot) => new Pick(r, slot)))
        {
            // The read may have shown that the row has changed, or is gone; without bodies it waits for the next flight.
            if (known.Rows.Find(listed.Key)?.Row is not { Data: not null } row || !CanDeliver(flight, row, slot))
                continue;
            if (!flight.HasRoomFor(row, slot) || !giver.HasReceiver())
                break;
            giver.Give(row, slot);
            if (turns is not null)
                known.Turns.Served(row.Index.Messages[slot].GroupHash);
        }
    }

    private static bool CanDeliver(Flight flight, BatchRow row, int slot) =>
        Delivery.CanDeliver(flight.StateOf(row, slot), row.Index.Messages[slot], flight.Policy, flight.Now);

    /// <summary>The rows that a flight leases from, or looks after, in their order.</summary>
    private sealed class ChosenRows
    {
        private readonly HashSet<string> keys = new(StringComparer.Ordinal);

        public List<BatchRow> Rows { get; } = [];

        public bool Contains(BatchRow row) => keys.Contains(row.Key);

        /// <summary>False when there are as many as a flight takes, and the row is not among them.</summary>
        public bool TryAdd(BatchRow row)
        {
            if (keys.Contains(row.Key))
                return true;
            if (keys.Count >= Flight.MaxRows)
                return false;
            keys.Add(row.Key);
            Rows.Add(row);
            return true;
        }
    }
}

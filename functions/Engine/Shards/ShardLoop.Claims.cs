using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Groups;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <content>Planning: upkeep and leases.</content>
internal sealed partial class ShardLoop
{
    /// <summary>Most messages leased in one flight.</summary>
    private const int MaxClaim = 1000;

    /// <summary>High lanes come first, but every tenth flight starts at the lowest, so that none starves.</summary>
    private const int LowestLaneEvery = 10;

    private int claims;

    /// <summary>Does what a sweep found due; true when it did or tried anything.</summary>
    private async Task<bool> PlanUpkeepAsync(Flight flight)
    {
        if (!upkeep.TryPeek(out var request) || request.Remaining.Count == 0)
            return false;
        // Not by a clock that is wrong: leases hold and messages live by the right time. The next sweep looks again.
        if (!host.ClockIsCertain)
            request.Remaining.Clear();
        while (request.Remaining.TryPeek(out var listed) && flight.Edits.Count < MaxRowsPerFlight)
        {
            // Memory counts only if it is younger than what the sweep saw.
            var row = cache.Find(listed.Key) is { } known && known.Seen > request.Began ? known.Row : listed;
            if (row.Data is null && NeedsDataForUpkeep(row, flight, request.Scope))
            {
                if (await table.ReadAsync(row.Key, withData: true, CancellationToken.None) is not { } read)
                {
                    request.Remaining.Dequeue();
                    continue;
                }

                row = Remember(read, CachedRow.Stamp()).Row;
            }

            if (!Tend(flight, row, request.Scope, request))
                break;
            request.Remaining.Dequeue();
        }

        return true;
    }

    private static bool NeedsDataForUpkeep(BatchRow row, Flight flight, SweepScope scope)
    {
        if (!scope.HasFlag(SweepScope.Poison))
            return false;
        for (var slot = 0; slot < row.Count; slot++)
        {
            if (Upkeep.Decide(row.State[slot], row.Index.Messages[slot], flight.Policy, flight.Now) is Upkeep.DeadLetter)
                return true;
        }

        return false;
    }

    /// <summary>Puts a row's upkeep into the flight; false when there is no room for all of it.</summary>
    private static bool Tend(Flight flight, BatchRow row, SweepScope scope, UpkeepRequest? asked)
    {
        for (var slot = 0; slot < row.Count; slot++)
        {
            var state = StateOf(flight, row, slot);
            var due = Upkeep.Decide(state, row.Index.Messages[slot], flight.Policy, flight.Now);
            if (due is Upkeep.None || (due is Upkeep.Redeliver ? !scope.HasFlag(SweepScope.ExpiredLeases) : !scope.HasFlag(SweepScope.Poison)))
                continue;
            if (!flight.HasRoomFor(row, slot))
                return false;
            var edit = flight.Edit(row);
            edit.UpkeepFor ??= asked;
            if (edit.Row.Data is null && row.Data is { } data)
                edit.Supply(data);
            switch (due)
            {
                case Upkeep.Redeliver(var ready):
                    edit.Set(slot, ready);
                    edit.Upkeep.Redelivered++;
                    break;
                case Upkeep.DeadLetter(var reason):
                    edit.DeadLetter(slot, reason);
                    edit.Upkeep.DeadLettered++;
                    break;
                case Upkeep.Drop:
                    edit.End(slot);
                    edit.Upkeep.Expired++;
                    break;
            }
        }

        return true;
    }

    /// <summary>Leases messages to the receivers that wait; true when it found any worth trying.</summary>
    private async Task<bool> PlanClaimsAsync(Flight flight)
    {
        var demand = host.Receivers.Demand(MaxClaim);
        if (demand == 0 || !host.ClockIsCertain)
            return false;
        if (groups is not null)
            return await PlanGroupClaimsAsync(flight, demand);
        var lowestFirst = claims++ % LowestLaneEvery == LowestLaneEvery - 1;
        var turns = cache.HasGroups ? ChooseInTurn(flight, demand, lowestFirst) : null;
        var chosen = turns?.ConvertAll(t => t.Row).Distinct().ToList() ?? [];
        if (chosen.Count < MaxRowsPerFlight)
            chosen = Choose(flight, demand - (turns?.Count ?? 0), lowestFirst, chosen);
        if (chosen.Count == 0)
            return false;
        if (chosen.Exists(r => r.Data is null))
            await ReadBodiesAsync(WithinBytes(chosen.Where(r => r.Data is null)), ReadAhead(flight, chosen, lowestFirst), cache.CountBetween);
        Assign(flight, chosen, turns);
        return true;
    }

    /// <summary>
    /// The rows to lease from or to look after, beside those already <paramref name="chosen"/>: in order, as few as meet the demand.
    /// </summary>
    private List<BatchRow> Choose(Flight flight, int demand, bool lowestFirst, List<BatchRow> chosen)
    {
        foreach (var entry in demand > 0 ? Candidates(flight, lowestFirst) : [])
        {
            var (row, useful) = (entry.Row, false);
            for (var slot = 0; slot < row.Count; slot++)
            {
                var state = StateOf(flight, row, slot);
                if (Delivery.CanDeliver(state, row.Index.Messages[slot], flight.Policy, flight.Now))
                {
                    demand--;
                    useful = true;
                }
                else if (Upkeep.Decide(state, row.Index.Messages[slot], flight.Policy, flight.Now) is not Upkeep.None and not Upkeep.Redeliver)
                {
                    useful = true;
                }
            }

            if (useful && !chosen.Contains(row))
                chosen.Add(row);
            if (demand <= 0 || chosen.Count >= MaxRowsPerFlight)
                break;
        }

        return chosen;
    }

    /// <summary>Rows with something to do, the first to come first: with rivals about, those of a lane last that they are at work on.</summary>
    private IEnumerable<CachedRow> Candidates(Flight flight, bool lowestFirst)
    {
        var rows = cache.Actionable(flight.Now, lowestFirst);
        if (!rivals.AreAbout(flight.Now))
            return rows;
        // Who cannot wait gets what there is.
        if (!(host.Receivers.NextDeadline() <= flight.Now))
            rows = rows.Where(r => !rivals.IsTheirs(r.Row, flight.Now));
        return rows.OrderBy(r => lowestFirst ? -r.Row.Birth.Lane : r.Row.Birth.Lane).ThenBy(r => rivals.AreIn(r.Row, flight.Policy, flight.Now));
    }

    /// <summary>Rows that are likely to be next, whose bodies may as well be read now: several reads in one.</summary>
    private List<string> ReadAhead(Flight flight, List<BatchRow> chosen, bool lowestFirst)
    {
        var (ahead, bytes) = (new List<string>(), chosen.Sum(r => r.Data is null ? r.EncodedLength : 0));
        foreach (var entry in Candidates(flight, lowestFirst))
        {
            if (chosen.Contains(entry.Row))
                continue;
            // What is known already, or of another lane, ends the run of neighbours.
            if (entry.Row.Data is not null || entry.Row.Birth.Lane != chosen[^1].Birth.Lane || (bytes += entry.Row.EncodedLength) > MaxReadAheadBytes)
                break;
            ahead.Add(entry.Row.Key);
        }

        return ahead;
    }

    /// <param name="turns">The messages to lease, in their order; null: those of the rows as they come.</param>
    private void Assign(Flight flight, List<BatchRow> chosen, List<Pick>? turns)
    {
        flight.Advance(context.Now);
        foreach (var listed in chosen)
        {
            if (cache.Find(listed.Key)?.Row is { Data: not null } known && !Tend(flight, known, SweepScope.Poison, asked: null))
                return;
        }

        Claim? claim = null;
        foreach (var (listed, slot) in turns ?? chosen.SelectMany(r => Enumerable.Range(0, r.Count), (r, slot) => new Pick(r, slot)))
        {
            // The read may have shown that the row has changed, or is gone; without bodies it waits for the next flight.
            if (cache.Find(listed.Key)?.Row is not { Data: not null } row)
                continue;
            var state = StateOf(flight, row, slot);
            if (!Delivery.CanDeliver(state, row.Index.Messages[slot], flight.Policy, flight.Now))
                continue;
            if (!flight.HasRoomFor(row, slot))
                break;
            if (claim is null)
            {
                if (host.Receivers.TryTake() is not { } receiver)
                    return;
                claim = new Claim(receiver, []);
            }

            Give(flight, Edit(flight, row), slot, state, claim);
            if (turns is not null)
                fair.Served(row.Index.Messages[slot].GroupHash);
            if (claim.Messages.Count < claim.Receiver.Request.MaxMessages)
                continue;
            flight.Claims.Add(claim);
            claim = null;
        }

        if (claim is not null)
            flight.Claims.Add(claim);
    }

    private void Give(Flight flight, RowEdit edit, int slot, MessageState state, Claim claim)
    {
        if (state.IsLeased)
            edit.Upkeep.Redelivered++;
        var (receiver, lease) = (claim.Receiver, context.NextLease());
        MessageState given;
        var group = flight.LockOf(edit.Row.Index.Messages[slot].GroupHash);
        if (receiver.Request.Delete)
        {
            given = Delivery.Take(state, lease, flight.Now, flight.Policy);
            edit.Take(slot, given);
            group?.Assert();
        }
        else
        {
            given = Delivery.Lease(state, lease, flight.Now, flight.Now + receiver.VisibilityTimeout, flight.Policy);
            edit.Set(slot, given);
            group?.Set(new LockedLease(lease, given.VisibleAt, Extended: false));
        }

        claim.Messages.Add(new ClaimedMessage(edit, slot, given));
    }
}

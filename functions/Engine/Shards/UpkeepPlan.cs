using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>Plans upkeep: what sweeps have found due, and what a claim meets of it. Used by one loop at a time.</summary>
internal sealed class UpkeepPlan(ShardTable table, KnownShard known, IShardHost host)
{
    private readonly Queue<UpkeepRequest> asked = new();

    public void Add(UpkeepRequest request) => asked.Enqueue(request);

    /// <summary>Does what a sweep found due; true when it did or tried anything.</summary>
    public async Task<bool> PlanAsync(Flight flight)
    {
        if (!asked.TryPeek(out var request) || request.Remaining.Count == 0)
            return false;
        // Not by a clock that is wrong: leases hold and messages live by the right time. The next sweep tries again.
        if (!host.ClockIsCertain)
            request.Remaining.Clear();
        while (request.Remaining.TryPeek(out var listed) && flight.Edits.Count < Flight.MaxRows)
        {
            // Memory counts only if it is younger than what the sweep saw.
            var row = known.Rows.Find(listed.Key) is { } cached && cached.Seen > request.Began ? cached.Row : listed;
            if (row.Data is null && NeedsData(row, flight, request.Scope))
            {
                if (await table.ReadAsync(row.Key, withData: true, CancellationToken.None) is not { } read)
                {
                    request.Remaining.Dequeue();
                    continue;
                }

                row = known.Remember(read, CachedRow.Stamp()).Row;
            }

            if (!Tend(flight, row, request.Scope, request))
                break;
            request.Remaining.Dequeue();
        }

        return true;
    }

    /// <summary>Answers the sweeps whose rows have all been looked after.</summary>
    public void Finish()
    {
        while (asked.TryPeek(out var request) && request.Remaining.Count == 0)
        {
            asked.Dequeue();
            request.Complete();
        }
    }

    public void FailAll(Exception exception)
    {
        while (asked.TryDequeue(out var request))
            request.Fail(exception);
    }

    /// <summary>Whether a dequeue has upkeep to do for the message, beside handing it out again.</summary>
    public static bool IsDue(Flight flight, BatchRow row, int slot) =>
        Upkeep.Decide(flight.StateOf(row, slot), row.Index.Messages[slot], flight.Policy, flight.Now)
            is not Upkeep.None
                and not Upkeep.Redeliver;

    /// <summary>Puts a row's upkeep into the flight; false when there is no room for all of it.</summary>
    public static bool Tend(Flight flight, BatchRow row, SweepScope scope, UpkeepRequest? asked)
    {
        for (var slot = 0; slot < row.Count; slot++)
        {
            var state = flight.StateOf(row, slot);
            var due = Upkeep.Decide(state, row.Index.Messages[slot], flight.Policy, flight.Now);
            if (due is Upkeep.None || !scope.HasFlag(due is Upkeep.Redeliver ? SweepScope.ExpiredLeases : SweepScope.Poison))
                continue;
            if (!flight.HasRoomFor(row, slot))
                return false;
            var edit = flight.EditWithBodies(row);
            edit.UpkeepFor ??= asked;
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

    private static bool NeedsData(BatchRow row, Flight flight, SweepScope scope)
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
}

using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>
/// Finds out what became of flights whose answer was lost, by what they leave in their rows or, where none is left, by their marks.
/// </summary>
internal sealed class LostFlights(ShardTable table, ProcessId process)
{
    /// <summary>What stands at this process's place for marks, as far as is known; null: nothing.</summary>
    private LeaseId? lastMark;

    /// <summary>A flight is about to be sent.</summary>
    public void Sending(Flight flight) => flight.MarkBefore = lastMark;

    /// <summary>A flight was carried out.</summary>
    public void CarriedOut(Flight flight)
    {
        if (flight.NeedsMark)
            lastMark = flight.Mark;
    }

    /// <summary>Looks at what the flight changes. The rows that could not be read are <c>Unread</c>.</summary>
    public async Task<(Fate Fate, HashSet<RowEdit> Unread)> FindOutAsync(Flight flight)
    {
        var seen = new List<(Sight Sight, int Look)>();
        var changed = flight.Edits.Where(e => e.Changed).ToList();
        var sights = await LookAsync(changed);
        seen.AddRange(sights.Values.Select(s => (s, 1)));
        var fate = LostWrite.FateOf(seen);
        if (fate == Fate.LookAgain)
        {
            seen.AddRange((await LookAsync(changed.Where(e => sights[e] == Sight.Untouched))).Values.Select(s => (s, 2)));
            fate = LostWrite.FateOf(seen);
        }

        if (fate is Fate.Open or Fate.LookAgain && flight.NeedsMark)
        {
            seen.Add((await LookAtMarkAsync(flight), 3));
            fate = LostWrite.FateOf(seen);
        }

        return (fate, [.. changed.Where(e => sights[e] == Sight.Unread)]);
    }

    /// <summary>
    /// Whether a flight that was answered with a refusal has not been carried out, as one of its rows says: for nearly all such flights
    /// that is all there is to know, at a time at which storage is to be asked little.
    /// </summary>
    public async Task<bool> IsUntouchedAsync(Flight flight)
    {
        try
        {
            return flight.Edits.FirstOrDefault(e => e.Changed) is { } edit
                && edit.See(await table.LookAsync(edit.Row.Key)) == Sight.Untouched;
        }
        catch (StorageFaultException)
        {
            return false;
        }
    }

    /// <summary>What became of the lost writes for these requests.</summary>
    public async Task<Dictionary<Flight, Fate>> FatesOfAsync(IEnumerable<SettleRequest> requests)
    {
        var fates = new Dictionary<Flight, Fate>();
        foreach (var lost in requests.SelectMany(r => r.Lost).Distinct().ToList())
            fates[lost] = (await FindOutAsync(lost)).Fate;
        return fates;
    }

    private async Task<Dictionary<RowEdit, Sight>> LookAsync(IEnumerable<RowEdit> edits)
    {
        var sights = new Dictionary<RowEdit, Sight>();
        foreach (var chunk in edits.Chunk(RowReader.MaxParallel))
        {
            var seen = await Task.WhenAll(
                chunk.Select(async edit =>
                {
                    try
                    {
                        return edit.See(await table.ReadAsync(edit.Row.Key, withData: false, CancellationToken.None));
                    }
                    catch (StorageFaultException)
                    {
                        return Sight.Unread;
                    }
                })
            );
            for (var i = 0; i < chunk.Length; i++)
                sights[chunk[i]] = seen[i];
        }

        return sights;
    }

    private async Task<Sight> LookAtMarkAsync(Flight flight)
    {
        try
        {
            var found = await table.ReadEntityAsync(FlightMark.RowKey(process, flight.Policy.Source), null, CancellationToken.None);
            return FlightMark.See(flight.Mark, flight.MarkBefore, found);
        }
        catch (StorageFaultException)
        {
            return Sight.Unread;
        }
    }
}

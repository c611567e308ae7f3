using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>
/// Plans settlements: those that wait, row by row, as memory has the rows, or as they are read. Used by one loop at a time.
/// </summary>
internal sealed class SettlePlan(KnownShard shard, RowReader reader, LostFlights lost)
{
    private const int MaxAttempts = 20;

    private readonly List<SettleRequest> waiting = [];

    public bool IsEmpty => waiting.Count == 0;

    public void Add(IEnumerable<SettleRequest> requests) => waiting.AddRange(requests);

    /// <summary>Decides a request again, unless that has been done, or its writes have been lost, too often.</summary>
    /// <param name="reload">Whether its row must be read for that.</param>
    public void Retry(SettleRequest request, bool reload = true)
    {
        request.Disengage();
        request.MustReload = reload;
        request.AsLeased = null;
        if (++request.Attempts < MaxAttempts && !request.IsHopeless)
            waiting.Add(request);
        else
            request.Fail(new Failure.StorageUnavailable(StorageFault.DefaultRetryAfter));
    }

    public void FailAll(Failure failure)
    {
        waiting.ForEach(r => r.Fail(failure));
        waiting.Clear();
    }

    /// <summary>Puts into the flight what fits; what does not waits for the next.</summary>
    public async Task PlanAsync(Flight flight)
    {
        // Who has been told that it takes too long is not waited for any more.
        waiting.RemoveAll(r => r.IsAnswered);
        if (waiting.Count == 0)
            return;
        var byRow = waiting
            .GroupBy(r => r.RowKey, StringComparer.Ordinal)
            .Take(Flight.MaxRows)
            .ToDictionary(g => g.Key, g => g.ToList(), StringComparer.Ordinal);
        // What is known, looked up once: rows read below may push others out of memory.
        var rows = byRow.ToDictionary(
            g => g.Key,
            g => (Row: Known(g.Key, g.Value, flight), Fault: (StorageFault?)null),
            StringComparer.Ordinal
        );
        var stale = byRow.Where(g => FlightSettling.NeedsRead(rows[g.Key].Row, g.Value, flight)).ToList();
        foreach (
            var (key, fresh) in await reader.ReadAsync(
                stale.ToDictionary(g => g.Key, g => g.Value.Exists(r => r.NeedsData), StringComparer.Ordinal)
            )
        )
            rows[key] = fresh;
        await shard.ReadLocksOfAsync(byRow.SelectMany(g => rows[g.Key].Row is { } row ? g.Value.Select(request => (row, request)) : []));
        var over = byRow
            .Where(g => rows[g.Key].Fault is null)
            .SelectMany(g => g.Value.Where(request => request.IsInDoubt && FlightSettling.IsOver(rows[g.Key].Row, request, flight)));
        var fates = await lost.FatesOfAsync(over);
        var read = stale.Select(g => g.Key).ToHashSet(StringComparer.Ordinal);
        var handled = new HashSet<SettleRequest>();
        foreach (var (key, requests) in byRow)
        {
            var (row, fault) = rows[key];
            foreach (var request in requests)
            {
                if (fault is { } happened)
                    request.Fail(happened.ToReadFailure());
                else if (!FlightSettling.TrySettle(flight, row, request, fates))
                {
                    request.MustReload &= !read.Contains(key);
                    continue;
                }

                handled.Add(request);
            }
        }

        waiting.RemoveAll(handled.Contains);
    }

    /// <summary>
    /// The row as memory has it; or, where that does not suffice, as the receipt does. A row that has changed since is not written, for its
    /// ETag has changed, too: then it is read.
    /// </summary>
    private BatchRow? Known(string key, List<SettleRequest> requests, Flight flight)
    {
        var row = shard.Rows.Find(key)?.Row;
        return requests is [{ AsLeased: { } leased, Settlement: Settlement.Ack }] && FlightSettling.NeedsRead(row, requests, flight)
            ? leased
            : row;
    }
}

using Azure.Data.Tables;
using FuncQueue.Engine.Groups;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>
/// What becomes of a flight when another process wrote one of its rows or locks first: what concerns it is decided again on what is there
/// now, the rest goes on.
/// </summary>
internal sealed class FlightConflict(
    ShardTable table,
    IShardHost host,
    KnownShard shard,
    RowReader reader,
    ILeasePlan leases,
    SettlePlan settlements
)
{
    /// <summary>
    /// Takes out of the flight what others have changed. Storage names one of those rows; the others are looked for at once, so that the
    /// rest is sent once more and not once for each of them.
    /// </summary>
    public async Task TakeOutAsync(Flight flight, WriteOwner contended)
    {
        var rows = new List<RowEdit>();
        Drop(contended);
        rows.AddRange(leases.Contended(flight, contended));
        rows.ForEach(edit => shard.Rows.Remove(edit.Row.Key));
        var fresh = new Dictionary<string, BatchRow?>(StringComparer.Ordinal);
        if (flight.Edits.Count(e => e.Changed) > 1)
        {
            var keys = flight
                .Edits.Where(e => e.Changed)
                .Concat(rows.Where(e => e.Settled.Count > 0))
                .ToDictionary(e => e.Row.Key, _ => false, StringComparer.Ordinal);
            fresh = (await reader.ReadAsync(keys))
                .Where(r => r.Value.Fault is null)
                .ToDictionary(r => r.Key, r => r.Value.Row, StringComparer.Ordinal);
            var stale = flight.Edits.Where(e => e.Changed && fresh.TryGetValue(e.Row.Key, out var now) && now?.ETag != e.Row.ETag).ToList();
            stale.ForEach(Drop);
            (await StaleLocksAsync(flight)).ForEach(Drop);
        }

        foreach (var edit in rows)
        {
            foreach (var (request, _) in edit.Settled)
                settlements.Retry(request, reload: fresh.GetValueOrDefault(edit.Row.Key) is null);
        }

        foreach (var claim in flight.Claims.ToList())
        {
            claim.Messages.RemoveAll(m => rows.Contains(m.Edit));
            if (claim.Messages.Count > 0)
                continue;
            flight.Claims.Remove(claim);
            host.Return(claim.Receiver);
        }

        void Drop(WriteOwner owner)
        {
            var (dropped, distrusted) = flight.Drop(owner);
            shard.Distrust(distrusted);
            rows.AddRange(dropped);
        }
    }

    /// <summary>The locks of this flight that others have changed, as far as one query shows them.</summary>
    private async Task<List<LockEdit>> StaleLocksAsync(Flight flight)
    {
        var changed = flight.Locks.Where(l => l.Changed).ToDictionary(l => GroupLockRows.RowKey(l.Group), StringComparer.Ordinal);
        if (changed.Count < 2)
            return [];
        try
        {
            var range = new KeyRange(changed.Keys.Min(StringComparer.Ordinal)!, changed.Keys.Max(StringComparer.Ordinal) + "!");
            var (found, last) = await table.ReadEntitiesAsync(
                range,
                ShardTable.MaxPageRows,
                [nameof(TableEntity.RowKey)],
                CancellationToken.None
            );
            var etags = found.ToDictionary(e => e.RowKey, e => e.StoredETag(), StringComparer.Ordinal);
            return
            [
                .. changed
                    .Where(l =>
                        (last is null || string.CompareOrdinal(l.Key, last) <= 0)
                        && etags.GetValueOrDefault(l.Key) != (l.Value.Before?.ETag ?? default)
                    )
                    .Select(l => l.Value),
            ];
        }
        catch (StorageFaultException)
        {
            // The write tells.
            return [];
        }
    }
}

using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Transfers;

/// <summary>Finds out what became of a write of a move whose answer was lost, by what it would have left in its rows.</summary>
internal static class LostMove
{
    /// <summary>Of a redrive in a shard: dead letters that go, and the rows that they were to become.</summary>
    public static Task<Fate> OfRedriveAsync(ShardTable table, IReadOnlyList<BatchRow> dead, IReadOnlyList<BatchRow> reborn) =>
        FateOfAsync(dead, row => SeeAsync(table, row.Key, now => MoveSight.OfRemoved(row, now)), () => SeeRebornAsync(table, reborn));

    /// <summary>Of dead letters marked as on their way.</summary>
    public static Task<Fate> OfMarkAsync(ShardTable table, IReadOnlyList<BatchRow> dead, Guid transfer) =>
        FateOfAsync(
            dead,
            row => SeeAsync(table, row.Key, now => MoveSight.OfMarked(row, now, transfer)),
            () => Task.FromResult<Sight[]>([])
        );

    /// <summary>Of the removal of dead letters that have arrived, whoever sends it.</summary>
    public static Task<Fate> OfRemovalAsync(ShardTable table, IReadOnlyList<BatchRow> moving) => OfRedriveAsync(table, moving, []);

    private static async Task<Fate> FateOfAsync(
        IReadOnlyList<BatchRow> dead,
        Func<BatchRow, Task<Sight>> seeAsync,
        Func<Task<Sight[]>> seeRestAsync
    )
    {
        // The dead letters first: what is seen gone has gone for something that is there when the others are looked for.
        var sights = await Task.WhenAll(dead.Select(seeAsync));
        List<(Sight, int)> seen = [.. sights.Concat(await seeRestAsync()).Select(sight => (sight, 1))];
        if (LostWrite.FateOf(seen) == Fate.LookAgain)
            seen.AddRange((await Task.WhenAll(dead.Where((_, i) => sights[i] == Sight.Untouched).Select(seeAsync))).Select(s => (s, 2)));
        return LostWrite.FateOf(seen);
    }

    private static Task<Sight[]> SeeRebornAsync(ShardTable table, IReadOnlyList<BatchRow> reborn) =>
        Task.WhenAll(reborn.Select(row => SeeAsync(table, row.Key, MoveSight.OfInserted)));

    private static async Task<Sight> SeeAsync(ShardTable table, string key, Func<BatchRow?, Sight> see)
    {
        try
        {
            return see(await table.LookAsync(key));
        }
        catch (StorageFaultException)
        {
            return Sight.Unread;
        }
    }
}

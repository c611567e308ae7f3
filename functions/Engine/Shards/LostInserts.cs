using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>
/// Finds out what became of an insert whose answer was lost. All of it was one transaction, so what any part of it shows holds for all.
/// </summary>
internal sealed class LostInserts(ShardTable table, RowComposition composition)
{
    public async Task<LostInsert> FindOutAsync(List<NewRow> rows, RememberedKeys keys)
    {
        var (seen, untouched) = (new List<(Sight, int)>(), new HashSet<Feed>());
        try
        {
            // The row tells nearly always; others may have had its messages by now.
            seen.Add((rows[0].See(await table.LookAsync(rows[0].Row.Key)), 1));
            if (LostWrite.FateOf(seen) == Fate.CarriedOut)
                return new LostInsert(Fate.CarriedOut, IsSeen: true, untouched);
            seen.Add((await keys.SeeAsync(rows), 2));
            var feeds = rows.Select(r => r.Messages[0].Feed).OfType<Feed>().Distinct().ToList();
            await SeeAllAsync(feeds, 3);
            seen.Add((await composition.SeeAsync(rows), 4));
            if (LostWrite.FateOf(seen) == Fate.LookAgain)
                await SeeAllAsync(feeds, 5);
        }
        catch (StorageFaultException)
        {
            // What was seen before counts.
        }

        return new LostInsert(LostWrite.FateOf(seen), seen.Count > 0, untouched);

        async Task SeeAllAsync(List<Feed> feeds, int look)
        {
            var sights = await Task.WhenAll(feeds.Select(ReadAsync));
            untouched.Clear();
            untouched.UnionWith(feeds.Where((_, i) => sights[i] == Sight.Untouched));
            seen.AddRange(sights.Select(s => (s, look)));
        }
    }

    /// <summary>What the cursor of a feed says of the transaction that was sent last.</summary>
    public async Task<Sight> SeeAsync(Feed feed)
    {
        try
        {
            return await ReadAsync(feed);
        }
        catch (StorageFaultException)
        {
            return Sight.Unread;
        }
    }

    private async Task<Sight> ReadAsync(Feed feed) => feed.See(await table.ReadEntityAsync(feed.CursorKey, null, CancellationToken.None));
}

/// <summary>What became of an insert whose answer was lost.</summary>
/// <param name="IsSeen">The place of the first row was read.</param>
/// <param name="Untouched">Feeds whose cursors are as they were: sent once more, at most one of the two sendings is carried out.</param>
internal sealed record LostInsert(Fate Fate, bool IsSeen, IReadOnlySet<Feed> Untouched);

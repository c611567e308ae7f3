using Azure;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Topics.Log;

/// <summary>
/// What the appends of this process know of a partition's producers. Old knowledge can make an append fail, never succeed wrongly: each
/// row is replaced only if it is as it was read. Used by one loop.
/// </summary>
internal sealed class KnownProducers(ShardTable table)
{
    private const int Most = 1000;

    private readonly Dictionary<string, ProducerState> known = new(StringComparer.Ordinal);
    private readonly HashSet<string> fresh = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, ProducerState> States => known;

    /// <summary>A step begins: what is known may be old.</summary>
    public void Begin()
    {
        fresh.Clear();
        if (known.Count > Most)
            known.Clear();
    }

    /// <summary>Gets to know the producers of appends. Faults of storage are thrown.</summary>
    public async Task LearnAsync(IReadOnlyList<PendingAppend> appends)
    {
        foreach (var id in appends.Select(a => a.Producer?.Id).OfType<string>().Distinct().Where(id => !known.ContainsKey(id)).ToList())
        {
            var row = await table.ReadEntityAsync(ProducerRows.KeyOf(id), null, CancellationToken.None);
            known[id] = row is null ? ProducerState.New(id) : ProducerRows.Read(row);
            fresh.Add(id);
        }
    }

    /// <summary>
    /// Forgets the producers that were said to have left something out, if another process may have stored that meanwhile; whether there
    /// are such.
    /// </summary>
    public bool ForgetDoubtful(IEnumerable<(PendingAppend Append, Failure Why)> refused)
    {
        var doubtful = refused
            .Where(r => r.Why is Failure.SequenceGap && !fresh.Contains(r.Append.Producer!.Id))
            .Select(r => r.Append.Producer!.Id)
            .ToList();
        doubtful.ForEach(id => known.Remove(id));
        return doubtful.Count > 0;
    }

    /// <summary>They are read before they are used again.</summary>
    public void Clear() => known.Clear();

    /// <summary>These are as an append has left them.</summary>
    public void Written(IEnumerable<(ProducerState State, ETag ETag)> states)
    {
        foreach (var (state, etag) in states)
            known[state.Id] = state with { ETag = etag };
    }
}

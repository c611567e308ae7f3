using Azure.Data.Tables;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics.Log;

namespace FuncQueue.Engine.Topics.Retention;

/// <summary>
/// Forgets producers that have stored nothing in one partition for longer than the topic keeps records: what they would repeat is gone. It
/// can overlap with itself and with everything else, because a row goes only as it was read.
/// </summary>
internal sealed class ProducerCollection(EngineContext context, ShardTable table)
{
    /// <summary>
    /// No producer is forgotten earlier, however short retention is: one that was away over a weekend may still repeat its last record.
    /// </summary>
    public static readonly TimeSpan MinIdleTime = TimeSpan.FromDays(7);

    /// <summary>Forgets those that are due; how many.</summary>
    /// <param name="retention">Null: records, and producers, are kept for ever.</param>
    /// <param name="cancellationToken">Of the sweep.</param>
    public async Task<int> RunAsync(TimeSpan? retention, CancellationToken cancellationToken)
    {
        if (retention is not { } kept)
            return 0;
        var idleSince = context.Now - (kept > MinIdleTime ? kept : MinIdleTime) - context.Options.ClockSkewBound;
        var forgotten = 0;
        for (KeyRange? rest = ProducerRows.All; rest is { } part; )
        {
            var (rows, last) = await table.ReadEntitiesAsync(part, ShardTable.MaxOperations, null, cancellationToken);
            var idle = rows.Where(row => IsIdle(row, idleSince)).Select(row => table.Delete(row.RowKey, row.StoredETag())).ToList();
            // One of them has just come back: a later run sees to the others.
            if (idle.Count > 0 && await table.CommitAsync(idle) is Commit.Done)
                forgotten += idle.Count;
            rest = last is null ? null : part.After(last);
        }

        return forgotten;
    }

    private static bool IsIdle(TableEntity row, DateTimeOffset since)
    {
        try
        {
            return ProducerRows.Read(row).Runs is [.., { PublishedAt: var at }] && at < since;
        }
        catch (UnsupportedFormatException)
        {
            // Of a later version, which sees to it.
            return false;
        }
    }
}

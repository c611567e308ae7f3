using Azure.Data.Tables;
using FuncQueue.Engine.Payloads;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics.Records;
using FuncQueue.Engine.Topics.Retention;

namespace FuncQueue.Engine.Topics.Compaction;

/// <summary>
/// Removes from one partition the records of which a newer one has the same key, and tombstones whose time is over. A row is replaced by
/// one that covers the same offsets, If-Match; one that is left without records goes, and the next row covers its offsets. So it can be cut
/// anywhere, overlaps with itself and with everything else, and readers never miss an offset.
/// </summary>
internal sealed class PartitionCompaction(EngineContext context, ShardTable table, KeyIndex keys)
{
    private const int RowsAtOnce = 16;

    /// <summary>How soon it is tried again where somebody holds tombstones.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(1);

    // The row before, when it has no records any more.
    private RecordRow? empty;
    private int removed;
    private DateTimeOffset? nextDue;

    /// <summary>Removes what is due; how many records, and when there is more to do; null: not before something is stored.</summary>
    /// <param name="bounds">What may be removed.</param>
    /// <param name="cancellationToken">Of the sweep.</param>
    public async Task<RetentionEnd> RunAsync(CompactionBounds bounds, CancellationToken cancellationToken)
    {
        if (keys.IsFull)
            return new RetentionEnd(0, null);
        // What was stored lately, somebody may still be looking for.
        var young = context.Now - context.Options.MinRecordAge - context.Options.ClockSkewBound;
        for (KeyRange? rest = RecordRow.All; rest is { } part; )
        {
            var (entities, last) = await table.ReadEntitiesAsync(part, RowsAtOnce, null, cancellationToken);
            foreach (var entity in entities)
            {
                if (Read(entity) is not { } row || row.Last >= bounds.Below)
                    return new RetentionEnd(removed, nextDue);
                if (row.Index.PublishedAt > young)
                    return new RetentionEnd(removed, Earlier(nextDue, row.Index.PublishedAt + (context.Now - young)));
                await CompactAsync(row, bounds);
            }

            rest = last is null ? null : part.After(last);
        }

        return new RetentionEnd(removed, nextDue);
    }

    private async Task CompactAsync(RecordRow row, CompactionBounds bounds)
    {
        var compacted = CompactedRow.Of(row, empty?.First ?? row.First, (entry, content) => Keeps(row, entry, content, bounds));
        if (compacted.Row.Count == row.Count && empty is null)
        {
            empty = row.Count == 0 ? row : null;
            return;
        }

        List<TableTransactionAction> operations = [compacted.Row.Replace()];
        if (empty is not null)
            operations.Add(table.Delete(empty.Key, empty.ETag));
        operations.AddRange(compacted.Payloads.Select(p => PayloadRows.Condemn(table.Shard, p, context.Now)));
        empty = null;
        if (operations.Count > ShardTable.MaxOperations || await table.CommitAsync(operations) is not Commit.Done(var etags))
        {
            // Whoever was first, a later run finds what is left.
            return;
        }

        removed += row.Count - compacted.Row.Count;
        // Nothing is left of it: the next row takes its place.
        if (compacted.Row.Count == 0)
            empty = compacted.Row with { ETag = etags[0] };
    }

    private bool Keeps(RecordRow row, RecordEntry entry, RecordContent content, CompactionBounds bounds)
    {
        if (!keys.IsNewest(content.Key, entry.Offset))
            return false;
        if (content.Key is null || entry.BodyLength > 0)
            return true;
        // A tombstone.
        var due = row.Index.RunOf(entry).PublishedAt + bounds.TombstoneTime + context.Options.ClockSkewBound;
        if (due <= context.Now && entry.Offset < bounds.Passed)
            return false;
        nextDue = Earlier(nextDue, due > context.Now ? due : context.Now + Again);
        return true;
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset other) => one < other ? one : other;

    private RecordRow? Read(TableEntity entity)
    {
        try
        {
            return RecordRow.Read(table.Shard, entity, withData: true);
        }
        catch (UnsupportedFormatException)
        {
            // What cannot be read stays, and so does what is behind it.
            return null;
        }
    }
}

/// <summary>What compaction may remove.</summary>
/// <param name="Below">Records before this offset only: every subscription has taken what was routed to it.</param>
/// <param name="Passed">Every group, too, is past what lies before this offset.</param>
/// <param name="TombstoneTime">How long a tombstone stays at least.</param>
internal readonly record struct CompactionBounds(long Below, long Passed, TimeSpan TombstoneTime);

using Azure.Data.Tables;
using FuncQueue.Engine.Payloads;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics.Log;
using FuncQueue.Engine.Topics.Records;

namespace FuncQueue.Engine.Topics.Retention;

/// <summary>
/// Removes what is past a topic's retention from the front of one partition, as far as no subscription needs it. It can overlap with itself
/// and with everything else.
/// </summary>
/// <param name="leastNeeded">
/// The least offset that a subscription has still to take, read from the cursors at the call; the given end where there is none below it.
/// </param>
internal sealed class PartitionRetention(EngineContext context, ShardTable table, Func<long, CancellationToken, Task<long>> leastNeeded)
{
    /// <summary>How soon it is tried again where a subscription holds records that are past retention.</summary>
    private static readonly TimeSpan HeldAgain = TimeSpan.FromMinutes(1);

    /// <summary>Pages that one run looks at.</summary>
    private const int MaxPages = 20;

    /// <summary>Removes what is due; how many records, and when there is more to do; null: never, as far as is stored now.</summary>
    /// <param name="retention">Null: records are kept for ever.</param>
    /// <param name="bytes">How much is kept, whatever its age; null: all.</param>
    /// <param name="cancellationToken">Of the sweep.</param>
    public async Task<RetentionEnd> RunAsync(TimeSpan? retention, long? bytes, CancellationToken cancellationToken)
    {
        if (retention is null && bytes is null)
            return new RetentionEnd(0, null);
        // Also where the clock that dated a record was behind, and this one is ahead.
        var (skew, least) = (context.Options.MaxClockDifference, context.Options.MinRecordAge);
        var age = retention is { } kept ? (kept > least ? kept : least) + skew : (TimeSpan?)null;
        var stored = bytes is null ? null : LogHead.Read(await table.ReadEntityAsync(LogHead.RowKey, null, cancellationToken)).Bytes;
        var (end, nextDue) = await FindExpiredAsync(age, stored - bytes, least + skew, cancellationToken);
        if (end == 0)
            return new RetentionEnd(0, nextDue);
        var target = Math.Min(end, await leastNeeded(end, cancellationToken));
        var floor = await RetentionFloor.ReadAsync(table, cancellationToken);
        // Whoever raises it at the same time goes on with that.
        if (target > floor.Offset && await table.CommitAsync([floor.RaiseTo(table.Shard, target)]) is not Commit.Done)
            return new RetentionEnd(0, context.Now);
        // Read anew: a cursor that was written before the floor was may be below it.
        var below = target == 0 ? 0 : Math.Min(target, await leastNeeded(target, cancellationToken));
        var removed = await RemoveAsync(below, cancellationToken);
        return new RetentionEnd(removed, below < end ? context.Now + HeldAgain : nextDue);
    }

    /// <summary>The offset below which all rows are old enough, as far as one run looks; and when the next one will be.</summary>
    /// <param name="age">From which on a row goes; null: none does for its age.</param>
    /// <param name="through">A row goes that was full by so many bytes of the partition; null: none does for its size.</param>
    /// <param name="minAge">Before which no row goes.</param>
    /// <param name="cancellationToken">Of the sweep.</param>
    private async Task<(long End, DateTimeOffset? NextDue)> FindExpiredAsync(
        TimeSpan? age,
        long? through,
        TimeSpan minAge,
        CancellationToken cancellationToken
    )
    {
        var (end, pages) = (0L, 0);
        for (KeyRange? rest = RecordRow.All; rest is { } part; pages++)
        {
            if (pages == MaxPages)
                return (end, context.Now);
            var (rows, last) = await table.ReadEntitiesAsync(part, ShardTable.MaxPageRows, RecordRow.PlaceColumns, cancellationToken);
            foreach (var row in rows)
            {
                RecordPlace place;
                try
                {
                    place = RecordRow.ReadPlace(row);
                }
                catch (UnsupportedFormatException)
                {
                    // What cannot be read stays, and so does what is behind it.
                    return (end, null);
                }

                var due = place.Through <= through ? minAge : age;
                // By size it may be due once more is stored.
                if (due is not { } old)
                    return (end, null);
                if (place.PublishedAt > context.Now - old)
                    return (end, place.PublishedAt + old);
                end = place.Last + 1;
            }

            rest = last is null ? null : part.After(last);
        }

        return (end, null);
    }

    private async Task<int> RemoveAsync(long below, CancellationToken cancellationToken)
    {
        var removed = 0;
        while (true)
        {
            var (rows, _) = await table.ReadEntitiesAsync(
                RecordRow.Below(below),
                ShardTable.MaxOperations,
                RecordRow.SmallColumns,
                cancellationToken
            );
            var (operations, records) = Compose(rows);
            if (operations.Count == 0)
                return removed;
            // Nobody but another sweep changes these; whoever was first, a later run finds what is left.
            if (await table.CommitAsync(operations) is not Commit.Done)
                return removed;
            removed += records;
        }
    }

    /// <summary>Deletes rows from the front, as many as one transaction takes with the payloads that they leave.</summary>
    private (List<TableTransactionAction> Operations, int Records) Compose(IReadOnlyList<TableEntity> entities)
    {
        var (operations, records) = (new List<TableTransactionAction>(), 0);
        foreach (var entity in entities)
        {
            RecordRow row;
            try
            {
                row = RecordRow.Read(table.Shard, entity, withData: false);
            }
            catch (UnsupportedFormatException)
            {
                break;
            }

            var payloads = row.Index.Records.Select(r => r.Payload).OfType<Guid>().ToList();
            if (operations.Count + 1 + payloads.Count > ShardTable.MaxOperations)
                break;
            operations.Add(table.Delete(row.Key, row.ETag));
            operations.AddRange(payloads.Select(p => PayloadRows.Condemn(table.Shard, p, context.Now)));
            records += row.Count;
        }

        return (operations, records);
    }
}

/// <summary>What a run did, and when there is more to do; null: never, as far as is stored now.</summary>
internal readonly record struct RetentionEnd(int Removed, DateTimeOffset? NextDue);

using Azure.Data.Tables;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics.Log;
using FuncQueue.Engine.Topics.Records;

namespace FuncQueue.Engine.Topics.Reading;

/// <summary>
/// Reads the rows of one partition, from memory where it has them, and knows how far the partition reaches. Thread-safe. Faults of storage
/// are thrown.
/// </summary>
internal sealed class PartitionReader
{
    /// <summary>Rows of a page that is read for their places only.</summary>
    private const int PlacesInPage = 100;

    /// <summary>
    /// From so many records on, a read is one of pages, of which the next is fetched along: so many rows, or so many bytes.
    /// </summary>
    private const int RecordsOfPage = 100;
    private const int RowsAhead = 64;
    private const int BytesAhead = 1024 * 1024;

    /// <summary>How old the end of a partition may be that a reader far behind it is told.</summary>
    private static readonly TimeSpan MaxEndAge = TimeSpan.FromSeconds(1);

    private readonly EngineContext context;
    private readonly ShardTable table;
    private readonly string tableName;
    private readonly TailBudget budget;
    private readonly Tail tail;
    private readonly ReadAhead ahead;
    private readonly Lock gate = new();
    private TaskCompletionSource grown = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long next;
    private long? nextReadAt;
    private int rowBytes = 16 * 1024;

    public PartitionReader(EngineContext context, ShardTable table, string tableName, TailBudget budget)
    {
        (this.context, this.table, this.tableName, this.budget) = (context, table, tableName, budget);
        tail = new Tail(budget);
        ahead = new ReadAhead(FetchAheadAsync);
    }

    /// <summary>The next offset as far as this process knows: there is no less.</summary>
    public long KnownNext => Volatile.Read(ref next);

    /// <summary>Whether <see cref="KnownNext"/> is more than a guess: the end was read once, or something that lies there.</summary>
    public bool KnowsEnd
    {
        get
        {
            lock (gate)
                return next > 0 || nextReadAt is not null;
        }
    }

    /// <summary>Completes when the partition is known to reach further than it is known to now.</summary>
    public Task Grown
    {
        get
        {
            lock (gate)
                return grown.Task;
        }
    }

    /// <summary>Takes in a row that this process has stored, or found at the end.</summary>
    public void Learn(RecordRow row)
    {
        tail.Add(row);
        Reaches(row.Last + 1);
    }

    /// <summary>Wakes those who wait for more, though there is none.</summary>
    public void Wake()
    {
        TaskCompletionSource waited;
        lock (gate)
            (waited, grown) = (grown, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        waited.SetResult();
    }

    /// <summary>The head as it is now.</summary>
    public async Task<LogHead> ReadHeadAsync(CancellationToken cancellationToken)
    {
        var at = context.Time.GetTimestamp();
        var head = LogHead.Read(await table.ReadEntityAsync(LogHead.RowKey, null, cancellationToken));
        Reaches(head.Next);
        lock (gate)
            nextReadAt = at;
        return head;
    }

    /// <summary>The next offset, a second old at most.</summary>
    public async Task<long> NextAsync(CancellationToken cancellationToken)
    {
        long? readAt;
        lock (gate)
            readAt = nextReadAt;
        return readAt is { } at && context.Time.GetElapsedTime(at) < MaxEndAge
            ? KnownNext
            : Math.Max((await ReadHeadAsync(cancellationToken)).Next, KnownNext);
    }

    /// <summary>Rows with so many records, or so many bytes of them; at least one row, if there is one.</summary>
    public async Task<FetchedRows> FetchAsync(long from, int maxRecords, int maxBytes, CancellationToken cancellationToken)
    {
        if (tail.ReadFrom(from, maxRecords) is { } remembered)
            return new FetchedRows(remembered, remembered[^1].Last + 1 < KnownNext ? FetchEnd.More : FetchEnd.End);
        if (maxRecords >= RecordsOfPage && await ahead.FindAsync(from, maxRecords, maxBytes, cancellationToken) is { } before)
            return new FetchedRows(before, FetchEnd.More);
        // Who reads pages reads on.
        var least = maxRecords < RecordsOfPage || budget.IsExceeded ? 1 : RowsOfAhead;
        var rows = new List<RecordRow>();
        var (records, bytes, read) = (0, 0L, 0L);
        var end = FetchEnd.More;
        for (KeyRange? rest = RecordRow.From(from); rest is { } part && records < maxRecords && bytes < maxBytes; )
        {
            var most = Math.Clamp(
                (int)((maxBytes - bytes) / Volatile.Read(ref rowBytes)) + 1,
                1,
                Math.Min(maxRecords, ShardTable.MaxPageRows)
            );
            var (entities, last) = await table.ReadEntitiesAsync(part, Math.Max(most, least), null, cancellationToken);
            foreach (var entity in entities)
            {
                if (Read(entity) is not { } row)
                    return new FetchedRows(rows, FetchEnd.Stopped);
                rows.Add(row);
                records += row.Count - row.Find(from);
                bytes += row.BytesFrom(from);
                read += row.Data!.Value.Length;
            }

            rest = last is null ? null : part.After(last);
            end = last is null ? FetchEnd.End : FetchEnd.More;
        }

        if (rows.Count > 0)
        {
            Volatile.Write(ref rowBytes, (int)Math.Max(512, read / rows.Count));
            // Before those who wait at the end are woken, lest each of them reads what was found here.
            if (rows[^1].Last >= KnownNext)
                rows.ForEach(tail.Add);
            Reaches(rows[^1].Last + 1);
            if (least > 1)
                ahead.Keep(new FetchedRows(rows, end));
        }

        return new FetchedRows(rows, end);
    }

    /// <summary>The first rows at or after an offset, without their records.</summary>
    public async Task<IReadOnlyList<RecordPlace>> PlacesAsync(long from, CancellationToken cancellationToken)
    {
        var (rows, _) = await table.ReadEntitiesAsync(RecordRow.From(from), PlacesInPage, RecordRow.PlaceColumns, cancellationToken);
        return [.. rows.Select(RecordRow.ReadPlace)];
    }

    /// <summary>The first row at or after an offset, without its records; null: there is none.</summary>
    public async Task<RecordPlace?> FirstPlaceAsync(long from, CancellationToken cancellationToken)
    {
        var (rows, _) = await table.ReadEntitiesAsync(RecordRow.From(from), 1, RecordRow.PlaceColumns, cancellationToken);
        return rows.Count == 0 ? null : RecordRow.ReadPlace(rows[0]);
    }

    /// <summary>The offset of the first record that was published at an instant or later, or the next one.</summary>
    public async Task<long> SeekAsync(DateTimeOffset instant, CancellationToken cancellationToken)
    {
        var head = await ReadHeadAsync(cancellationToken);
        return await new SeekByInstant(from => PlacesAsync(from, cancellationToken)).FindAsync(instant, head.Next, head.AppendedAt);
    }

    private int RowsOfAhead => Math.Clamp(BytesAhead / Volatile.Read(ref rowBytes), 1, RowsAhead);

    /// <summary>The rows behind those that a reader of pages is being served; none at the end, or where storage fails.</summary>
    private async Task<FetchedRows> FetchAheadAsync(long from)
    {
        var rows = new List<RecordRow>();
        try
        {
            if (budget.IsExceeded || context.Stopping)
                return new FetchedRows(rows, FetchEnd.End);
            var (entities, last) = await table.ReadEntitiesAsync(RecordRow.From(from), RowsOfAhead, null, CancellationToken.None);
            foreach (var entity in entities)
            {
                if (Read(entity) is not { } row)
                    return new FetchedRows(rows, FetchEnd.End);
                rows.Add(row);
            }

            return new FetchedRows(rows, last is null ? FetchEnd.End : FetchEnd.More);
        }
        catch (StorageFaultException)
        {
            return new FetchedRows([], FetchEnd.End);
        }
    }

    private void Reaches(long offset)
    {
        lock (gate)
        {
            if (offset <= next)
                return;
            Volatile.Write(ref next, offset);
        }

        Wake();
    }

    private RecordRow? Read(TableEntity entity)
    {
        try
        {
            return RecordRow.Read(table.Shard, entity, withData: true);
        }
        catch (UnsupportedFormatException exception)
        {
            context.Unreadable.Add(tableName, RowKeys.Partition(table.Shard), entity, exception);
            return null;
        }
    }
}

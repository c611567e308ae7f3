using Azure;
using Azure.Data.Tables;
using FuncQueue.Engine.Groups;
using FuncQueue.Engine.Transfers;

namespace FuncQueue.Engine.Storage;

/// <summary>
/// One shard's partition of a queue's table. Reads throw <see cref="StorageFaultException"/> for faults that are to be expected;
/// a commit returns them.
/// </summary>
/// <param name="shard">Its number; of a partition that has a name, none.</param>
/// <param name="named">The key of a partition that is no shard; null: it follows from the number.</param>
internal sealed class ShardTable(TableClient reads, TableClient writes, int shard, UnreadableRows unreadable, string? named = null)
{
    /// <summary>Most operations of a transaction (Table Storage); Azurite answers more with nonsense.</summary>
    public const int MaxOperations = 100;

    /// <summary>Most payload bytes of a transaction: 4 MiB on the wire (Table Storage), where bytes take 4/3 of their length.</summary>
    public const int MaxTransactionBytes = 2_800_000;

    /// <summary>Most rows of one page of a query (Table Storage).</summary>
    public const int MaxPageRows = 1000;

    private readonly string partition = named ?? RowKeys.Partition(shard);

    // By the machine's own clock: it is about the load on storage, not about the time that messages live in.
    private readonly Pace pace = new(TimeProvider.System);

    public int Shard => shard;

    /// <summary>Completes when storage may be asked: at once, unless it has throttled this shard lately.</summary>
    public Task WhenReadyAsync() => pace.WhenReadyAsync(CancellationToken.None);

    /// <summary>Whether storage has throttled this shard so lately that it is left alone.</summary>
    public bool IsThrottled => pace.Remaining > TimeSpan.Zero;

    /// <summary>The row without its bodies, read at once though storage throttles: to find out what became of a write.</summary>
    public async Task<BatchRow?> LookAsync(string key) =>
        await FetchAsync(key, RowEntity.SmallColumns, CancellationToken.None) is { } entity ? Parse(entity, withData: false) : null;

    /// <summary>The row, or null when there is none, or none that this version can read.</summary>
    public async Task<BatchRow?> ReadAsync(string key, bool withData, CancellationToken cancellationToken)
    {
        var entity = await ReadEntityAsync(key, withData ? null : RowEntity.SmallColumns, cancellationToken);
        return entity is null ? null : Parse(entity, withData);
    }

    /// <summary>Any entity of the partition, or null.</summary>
    public async Task<TableEntity?> ReadEntityAsync(string key, IEnumerable<string>? columns, CancellationToken cancellationToken)
    {
        await pace.WhenReadyAsync(cancellationToken);
        return await FetchAsync(key, columns, cancellationToken);
    }

    private async Task<TableEntity?> FetchAsync(string key, IEnumerable<string>? columns, CancellationToken cancellationToken)
    {
        try
        {
            var found = await reads.GetEntityIfExistsAsync<TableEntity>(partition, key, columns, cancellationToken);
            pace.Served();
            if (found.HasValue)
                return found.Value;
            // The SDK reports a missing table as a missing entity; only the error code tells.
            if (found.GetRawResponse() is { } response && response.Content.ToString().Contains("TableNotFound", StringComparison.Ordinal))
                throw new StorageFaultException(new StorageFault(FaultKind.TableMissing, 0, default), new InvalidOperationException());
            return null;
        }
        catch (Exception exception) when (IsExpected(exception, cancellationToken, out var fault))
        {
            throw new StorageFaultException(fault, exception);
        }
    }

    /// <summary>
    /// The first up to <paramref name="most"/> rows of a range (at most <see cref="MaxPageRows"/>), in key order, and the last key
    /// looked at; null when the range was read to its end.
    /// </summary>
    public async Task<RowPage> ReadPageAsync(KeyRange range, int most, bool withData, CancellationToken cancellationToken)
    {
        var (entities, last) = await ReadEntitiesAsync(range, most, withData ? null : RowEntity.SmallColumns, cancellationToken);
        var rows = new List<BatchRow>(entities.Count);
        foreach (var entity in entities)
        {
            if (Parse(entity, withData) is { } row)
                rows.Add(row);
        }

        return new RowPage(rows, last);
    }

    /// <summary>
    /// As <see cref="ReadPageAsync"/> in a FIFO shard, with its head and locks, without bodies. It ends before a row that this version
    /// cannot read, since nothing may overtake that row's messages.
    /// </summary>
    public async Task<GroupedPage> ReadGroupedPageAsync(KeyRange range, CancellationToken cancellationToken)
    {
        var (entities, last) = await ReadEntitiesAsync(range, MaxPageRows, RowEntity.FifoColumns, cancellationToken);
        SequenceHead? head = null;
        var (locks, rows) = (new List<GroupLock>(), new List<BatchRow>(entities.Count));
        foreach (var entity in entities)
        {
            try
            {
                if (entity.RowKey == SequenceHead.RowKey)
                    head = SequenceHead.Read(entity);
                else if (GroupLockRows.IsLock(entity.RowKey))
                    locks.Add(ReadLock(entity));
                else if (Parse(entity, withData: false) is { } row)
                    rows.Add(row);
                else
                    return new GroupedPage(head, locks, rows, null) { StoppedAt = entity.RowKey };
            }
            catch (UnsupportedFormatException exception)
            {
                unreadable.Add(reads.Name, partition, entity, exception);
                return new GroupedPage(head, locks, rows, null) { StoppedAt = entity.RowKey };
            }
        }

        return new GroupedPage(head, locks, rows, last);
    }

    /// <summary>The lock of a group of a FIFO shard, or null.</summary>
    public async Task<GroupLock?> ReadLockAsync(ulong group, CancellationToken cancellationToken) =>
        await ReadEntityAsync(GroupLockRows.RowKey(group), null, cancellationToken) is { } entity ? ReadLock(entity) : null;

    /// <summary>The head of a FIFO shard.</summary>
    public async Task<SequenceHead> ReadHeadAsync(CancellationToken cancellationToken) =>
        await ReadEntityAsync(SequenceHead.RowKey, null, cancellationToken) is { } entity ? SequenceHead.Read(entity) : SequenceHead.None;

    /// <summary>As <see cref="ReadPageAsync"/>, as entities.</summary>
    public async Task<(IReadOnlyList<TableEntity> Entities, string? LastKey)> ReadEntitiesAsync(
        KeyRange range,
        int most,
        IEnumerable<string>? columns,
        CancellationToken cancellationToken
    )
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey ge {range.From} and RowKey lt {range.To}");
        await pace.WhenReadyAsync(cancellationToken);
        try
        {
            // A page may be empty with a continuation (Table Storage): go on until there is something or the end.
            await foreach (var page in reads.QueryAsync<TableEntity>(filter, most, columns, cancellationToken).AsPages())
            {
                pace.Served();
                if (page.ContinuationToken is null)
                    return (page.Values, null);
                if (page.Values.Count > 0)
                    return (page.Values, page.Values[^1].RowKey);
            }

            return ([], null);
        }
        catch (Exception exception) when (IsExpected(exception, cancellationToken, out var fault))
        {
            throw new StorageFaultException(fault, exception);
        }
    }

    /// <summary>
    /// Writes all operations or none. No retries: whether a lost answer meant success is for the caller to find out. Not cancellable:
    /// a cancelled write would be an uncertain one.
    /// </summary>
    public async Task<Commit> CommitAsync(IReadOnlyList<TableTransactionAction> operations)
    {
        if (operations.Count is 0 or > MaxOperations)
            throw new InvalidOperationException($"A transaction of {operations.Count} operations.");
        await WhenReadyAsync();
        try
        {
            if (operations.Count > 1)
            {
                var answers = await writes.SubmitTransactionAsync(operations, CancellationToken.None);
                pace.Served();
                return new Commit.Done([.. answers.Value.Select(EtagOf)]);
            }

            var (action, entity, etag) = (operations[0].ActionType, (TableEntity)operations[0].Entity, operations[0].ETag);
            var answer = action switch
            {
                TableTransactionActionType.Add => await writes.AddEntityAsync(entity, CancellationToken.None),
                TableTransactionActionType.UpdateMerge or TableTransactionActionType.UpdateReplace => await writes.UpdateEntityAsync(
                    entity,
                    etag,
                    action == TableTransactionActionType.UpdateMerge ? TableUpdateMode.Merge : TableUpdateMode.Replace,
                    CancellationToken.None
                ),
                TableTransactionActionType.UpsertReplace => await writes.UpsertEntityAsync(
                    entity,
                    TableUpdateMode.Replace,
                    CancellationToken.None
                ),
                TableTransactionActionType.Delete => await writes.DeleteEntityAsync(
                    entity.PartitionKey,
                    entity.RowKey,
                    etag,
                    CancellationToken.None
                ),
                _ => throw new InvalidOperationException($"Unexpected operation {action}."),
            };

            pace.Served();
            // A delete of what is not there answers 404 without throwing.
            if (answer.Status == 404)
            {
                var missing = answer.Content.ToString().Contains("TableNotFound", StringComparison.Ordinal);
                return new Commit.Failed(new StorageFault(missing ? FaultKind.TableMissing : FaultKind.Conflict, 0, default));
            }

            return new Commit.Done([EtagOf(answer)]);
        }
        catch (Exception exception) when (StorageFault.TryClassify(exception, out var fault))
        {
            if (fault.Kind == FaultKind.Throttled)
                pace.Refused(fault.Asked);
            return new Commit.Failed(fault);
        }
    }

    public static TableTransactionAction Insert(BatchRow row) => new(TableTransactionActionType.Add, RowEntity.ForInsert(row));

    public TableTransactionAction Merge(BatchRow row, Decisions.MessageState[] state) =>
        new(TableTransactionActionType.UpdateMerge, RowEntity.ForMerge(shard, row.Key, state), row.ETag);

    /// <summary>Marks a dead letter as on its way.</summary>
    public static TableTransactionAction Move(BatchRow row, Decisions.MessageState[] state, Transfer transfer) =>
        new(TableTransactionActionType.UpdateMerge, RowEntity.ForMove(row, state, transfer), row.ETag);

    public TableTransactionAction Delete(string key, ETag etag) =>
        new(TableTransactionActionType.Delete, new TableEntity(partition, key), etag);

    private static ETag EtagOf(Response response) => response.Headers.ETag ?? default;

    /// <summary>Whether a read's failure is to be expected; and if it is that storage throttles, it is left alone for a while.</summary>
    private bool IsExpected(Exception exception, CancellationToken cancellationToken, out StorageFault fault)
    {
        fault = default;
        if (exception is StorageFaultException || !StorageFault.TryClassify(exception, cancellationToken, out fault))
            return false;
        if (fault.Kind == FaultKind.Throttled)
            pace.Refused(fault.Asked);
        return true;
    }

    /// <summary>The lock; one that this version cannot read keeps its group, and no other, from everybody.</summary>
    private GroupLock ReadLock(TableEntity entity)
    {
        try
        {
            return GroupLockRows.Read(entity);
        }
        catch (UnsupportedFormatException exception)
        {
            unreadable.Add(reads.Name, partition, entity, exception);
            return GroupLock.Unreadable(GroupLockRows.GroupOf(entity.RowKey), entity.StoredETag());
        }
    }

    private BatchRow? Parse(TableEntity entity, bool withData)
    {
        // Its bodies were found damaged; without them it looks whole, and would be tried again and again.
        if (unreadable.Contains(reads.Name, partition, entity))
            return null;
        try
        {
            return RowEntity.Read(shard, entity, withData);
        }
        catch (UnsupportedFormatException exception)
        {
            unreadable.Add(reads.Name, partition, entity, exception);
            return null;
        }
    }
}

/// <summary>Rows of a range in key order; <c>LastKey</c> is where to go on behind, null at the end.</summary>
internal sealed record RowPage(IReadOnlyList<BatchRow> Rows, string? LastKey);

/// <summary>A page of a FIFO shard in key order; <c>LastKey</c> is where to go on behind, null at the end.</summary>
internal sealed record GroupedPage(SequenceHead? Head, IReadOnlyList<GroupLock> Locks, IReadOnlyList<BatchRow> Rows, string? LastKey)
{
    /// <summary>The row that this version cannot read, at which the page ends.</summary>
    public string? StoppedAt { get; init; }
}

/// <summary>How a transaction ended.</summary>
internal abstract record Commit
{
    private Commit() { }

    /// <summary>All of it happened; an ETag for each operation (default for deletes).</summary>
    public sealed record Done(IReadOnlyList<ETag> ETags) : Commit;

    public sealed record Failed(StorageFault Fault) : Commit;
}

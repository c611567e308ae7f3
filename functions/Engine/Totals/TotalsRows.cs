using Azure.Data.Tables;
using FuncQueue.Engine.Registry;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Totals;

/// <summary>
/// The rows of the registry that have what was done in a queue since its creation: one for each process of late, and one for all before.
/// </summary>
internal sealed class TotalsRows(TimeProvider time, RegistryTable registry)
{
    /// <summary>Rows that nobody writes any more, with room for clocks and for writes that arrive late.</summary>
    private static readonly TimeSpan FoldAfter = 4 * Tally.RowTime;

    /// <summary>How many such rows are added up at a time; fewer are left until there are more.</summary>
    private const int LeastFolded = 16;
    private const int MostFolded = 90;

    private const string Sum = "sum";
    private const string WrittenAt = "WrittenAt";

    /// <summary>What all processes have done, as far as they have written it, and this one as it knows.</summary>
    public async Task<QueueTotals> ReadAsync(Tally mine, CancellationToken cancellationToken)
    {
        var (key, totals) = mine.Current();
        var rows = await registry.QueryAsync(RegistryKeys.TotalsOf(mine.Table), int.MaxValue, cancellationToken);
        foreach (var row in rows)
            totals = row.RowKey == key ? totals : totals.Plus(Read(row));
        await FoldAsync(mine.Table, rows);
        return totals;
    }

    /// <summary>The write that brings a process's row up to date.</summary>
    public TableTransactionAction Write(string key, QueueTotals totals) =>
        new(TableTransactionActionType.UpsertReplace, ToEntity(key, totals));

    /// <summary>Writes what is not written yet, as far as storage lets.</summary>
    public async Task SaveAsync(Tally tally)
    {
        if (tally.Unwritten() is { } unwritten && await registry.CommitAsync(Write(unwritten.Key, unwritten.Totals)) is Commit.Done)
            tally.Written(unwritten.Key, unwritten.Totals);
    }

    /// <summary>Removes the rows of a generation that is no more.</summary>
    public async Task RemoveAsync(string table, CancellationToken cancellationToken)
    {
        var rows = await registry.QueryAsync(RegistryKeys.TotalsOf(table), MostFolded, cancellationToken);
        if (rows.Count > 0)
            await registry.CommitAsync(rows.ConvertAll(Delete));
    }

    /// <summary>
    /// Adds up rows that nobody writes any more, where there are many: all of them or none, and none that has changed since.
    /// </summary>
    private async Task FoldAsync(string table, List<TableEntity> rows)
    {
        var now = time.GetUtcNow();
        var sum = rows.Find(r => r.RowKey == RegistryKeys.Totals(table, Sum));
        var old = rows.Where(r => r != sum && r.GetDateTimeOffset(WrittenAt) < now - FoldAfter).Take(MostFolded).ToList();
        if (old.Count < LeastFolded)
            return;
        var entity = ToEntity(
            RegistryKeys.Totals(table, Sum),
            old.Aggregate(sum is null ? default : Read(sum), (all, row) => all.Plus(Read(row)))
        );
        await registry.CommitAsync([
            .. old.ConvertAll(Delete),
            sum is null
                ? new TableTransactionAction(TableTransactionActionType.Add, entity)
                : new TableTransactionAction(TableTransactionActionType.UpdateReplace, entity, sum.StoredETag()),
        ]);
    }

    private static TableTransactionAction Delete(TableEntity row) => new(TableTransactionActionType.Delete, row, row.StoredETag());

    private TableEntity ToEntity(string key, QueueTotals totals) =>
        new(RegistryKeys.Partition, key)
        {
            [WrittenAt] = time.GetUtcNow(),
            [nameof(QueueTotals.Enqueued)] = totals.Enqueued,
            [nameof(QueueTotals.Delivered)] = totals.Delivered,
            [nameof(QueueTotals.Acked)] = totals.Acked,
            [nameof(QueueTotals.Nacked)] = totals.Nacked,
            [nameof(QueueTotals.Expired)] = totals.Expired,
            [nameof(QueueTotals.DeadLettered)] = totals.DeadLettered,
        };

    private static QueueTotals Read(TableEntity row) =>
        new(
            row.GetInt64(nameof(QueueTotals.Enqueued)) ?? 0,
            row.GetInt64(nameof(QueueTotals.Delivered)) ?? 0,
            row.GetInt64(nameof(QueueTotals.Acked)) ?? 0,
            row.GetInt64(nameof(QueueTotals.Nacked)) ?? 0,
            row.GetInt64(nameof(QueueTotals.Expired)) ?? 0,
            row.GetInt64(nameof(QueueTotals.DeadLettered)) ?? 0
        );
}

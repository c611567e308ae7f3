using System.Collections.Concurrent;
using Azure.Data.Tables;
using FuncQueue.Engine.Registry;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Totals;

namespace FuncQueue.Engine.Figures;

/// <summary>
/// What sweeps have counted, by queue: the latest counts, and samples of each minute in which the queue was used. Both are written in one
/// transaction, at most once in each minute of the clock, whatever number of processes sweeps.
/// </summary>
internal sealed class FigureBook(EngineContext context, RegistryTable table, TotalsRows totals)
{
    /// <summary>Most rows of samples that are removed at a time.</summary>
    private const int MostRemoved = 90;

    private readonly ConcurrentDictionary<string, Known> known = new(StringComparer.Ordinal);

    /// <summary>The latest counts; null: there are none that can be read.</summary>
    public async Task<FigureRow?> ReadAsync(QueueName queue, CancellationToken cancellationToken) =>
        await table.ReadAsync(FigureKeys.Counts(queue), cancellationToken) is { } entity ? FigureRow.Read(entity) : null;

    /// <summary>The latest counts of the queues from one to another, by name.</summary>
    public async Task<Dictionary<string, FigureRow>> ReadAsync(QueueName first, QueueName last, CancellationToken cancellationToken)
    {
        var range = FigureKeys.CountsOf(first, last);
        var rows = await table.QueryAsync(range, int.MaxValue, cancellationToken);
        var found = new Dictionary<string, FigureRow>(StringComparer.Ordinal);
        foreach (var entity in rows)
        {
            if (FigureRow.Read(entity) is { } row)
                found[entity.RowKey[(entity.RowKey.IndexOf(':', StringComparison.Ordinal) + 1)..]] = row;
        }

        return found;
    }

    /// <summary>All samples of the queues of this name, by hours, in no order.</summary>
    public Task<List<SampleRow>> ReadSamplesAsync(QueueName queue, CancellationToken cancellationToken) =>
        table.QueryAsync(FigureKeys.SamplesOf(queue), int.MaxValue, SampleRow.Read, cancellationToken);

    /// <summary>
    /// Takes in what a sweep has counted in shards of a queue; whether what is written tells it now.
    /// </summary>
    /// <param name="isActive">Whether the queue is in use: then a sample is due in each minute, else only when a count has changed.</param>
    public async Task<bool> RecordAsync(
        QueueName queue,
        Tally tally,
        IReadOnlyList<(int Shard, PastCount Count)> counted,
        bool isActive,
        CancellationToken cancellationToken
    )
    {
        var minute = FigureKeys.Minute(context.Now);
        // Within its minute nobody writes it again.
        if (!known.TryGetValue(tally.Table, out var there) || FigureKeys.Minute(there.Row.SampledAt) != minute)
        {
            var entity = await table.ReadAsync(FigureKeys.Counts(queue), cancellationToken);
            // A later version's is left to it.
            if ((entity is null ? FigureRow.None(tally.Table, null) : FigureRow.Read(entity)) is not { } row)
                return true;
            // Of an earlier generation.
            if (row.Table != tally.Table)
                row = FigureRow.None(tally.Table, row.ETag);
            // If somebody else has written since, this process has not the latest samples.
            there = new Known(row, there?.Row.ETag == row.ETag ? there?.Hour : null);
            known[tally.Table] = there;
        }

        if (FigureKeys.Minute(there.Row.SampledAt) >= minute || (!isActive && there.Row.Says(counted)))
            return there.Row.Says(counted);
        return await WriteAsync(queue, tally, there, counted, cancellationToken);
    }

    /// <summary>Removes what was written of a generation that is no more.</summary>
    public async Task RemoveAsync(QueueName queue, string generation, CancellationToken cancellationToken)
    {
        known.TryRemove(generation, out _);
        if (await table.ReadAsync(FigureKeys.Counts(queue), cancellationToken) is { } counts && FigureRow.Read(counts)?.Table == generation)
            await table.CommitAsync(Delete(counts));
        var samples = await table.QueryAsync(
            FigureKeys.SamplesOf(queue),
            int.MaxValue,
            entity => SampleRow.Read(entity)?.Table == generation ? entity : null,
            cancellationToken
        );
        foreach (var chunk in samples.Chunk(MostRemoved))
            await table.CommitAsync([.. chunk.Select(Delete)]);
    }

    /// <summary>Gives back the memory of queues that this process has not written of late.</summary>
    public void ForgetUnused()
    {
        var minute = FigureKeys.Minute(context.Now);
        foreach (var (generation, there) in known)
        {
            if (minute - FigureKeys.Minute(there.Row.SampledAt) is < 0 or > 10)
                known.TryRemove(new KeyValuePair<string, Known>(generation, there));
        }
    }

    private async Task<bool> WriteAsync(
        QueueName queue,
        Tally tally,
        Known there,
        IReadOnlyList<(int Shard, PastCount Count)> counted,
        CancellationToken cancellationToken
    )
    {
        var now = context.Now;
        var all = await totals.ReadAsync(tally, cancellationToken);
        var done = new QueueFlow(all.Enqueued, all.Acked, all.DeadLettered);
        var row = there.Row.With(counted, now, done);
        var hour = FigureKeys.Hour(now);
        var key = FigureKeys.Samples(queue, hour);
        // What this process has written last is the latest, or its condition does not hold.
        var before = there.Hour?.Hour == hour ? there.Hour : await ReadHourAsync(key, tally.Table, hour, cancellationToken);
        var samples = before with { Samples = [.. before.Samples, QueueTally.SampleOf(row, tally.Changes, done.Minus(there.Row.Done))] };
        var commit = await table.CommitAsync(row.Write(FigureKeys.Counts(queue)), samples.Write(key));
        if (commit is not Commit.Done(var etags))
        {
            // Another process was first, or may have been; or storage does not answer. There is another sweep soon.
            known.TryRemove(tally.Table, out _);
            return false;
        }

        known[tally.Table] = new Known(row with { ETag = etags[0] }, samples);
        return true;
    }

    private async Task<SampleRow> ReadHourAsync(string key, string generation, long hour, CancellationToken cancellationToken) =>
        await table.ReadAsync(key, cancellationToken) is { } entity
        && SampleRow.Read(entity) is { } there
        && there.Table == generation
        && there.Hour == hour
            ? there
            : new SampleRow(generation, hour, []);

    private static TableTransactionAction Delete(TableEntity row) => new(TableTransactionActionType.Delete, row, row.StoredETag());

    /// <param name="Hour">The samples of the hour, as this process has written them last; null: it has not.</param>
    private sealed record Known(FigureRow Row, SampleRow? Hour);
}

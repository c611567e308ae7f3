using Azure.Data.Tables;
using FuncQueue.Engine.Figures;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Totals;

namespace FuncQueue.Engine.Registry;

/// <summary>Which queues there are: reading, listing and changing them.</summary>
internal sealed class QueueRegistry
{
    private const int MaxAttempts = 10;

    private readonly EngineContext context;
    private readonly QueueRows rows;

    public QueueRegistry(EngineContext context, DataAccounts accounts)
    {
        this.context = context;
        Table = new RegistryTable(accounts.First.Clients, context.Options.RegistryTable);
        rows = new QueueRows(context, Table);
        Version = new RegistryVersion(context, Table, RegistryVersion.Queues);
        Figures = new FigureBook(
            context,
            new RegistryTable(accounts.First.Clients, context.Options.RegistryTable, FigureKeys.Partition),
            Totals
        );
        _ = new TotalsTail(context, Totals);
        Generations = new Generations(context, accounts, Table, rows, Figures);
    }

    public TotalsRows Totals => new(context.Time, Table);

    public FigureBook Figures { get; }

    public RegistryTable Table { get; }

    public Generations Generations { get; }

    public RegistryVersion Version { get; }

    /// <summary>The queue as it is now, or null.</summary>
    public async Task<QueueRecord?> ReadAsync(QueueName queue, CancellationToken cancellationToken) =>
        await rows.ReadAsync(queue, cancellationToken) is { IsDeleting: false } there ? there : null;

    /// <summary>Queues by name from <paramref name="after"/> (exclusive; null: the first) on.</summary>
    public Task<List<QueueRecord>> ListAsync(string prefix, string? after, int most, CancellationToken cancellationToken)
    {
        var first = RegistryKeys.Queue(prefix);
        var range = new KeyRange(first, first + "~");
        return rows.ListAsync(after is null ? range : range.After(RegistryKeys.Queue(after)), most, cancellationToken);
    }

    /// <summary>Creates or changes a queue; decides on what is there, and again when another process was first.</summary>
    public async Task<Outcome<(QueueRecord Record, bool Created)>> PutAsync(
        QueueName queue,
        QueueSettingsChange change,
        QueueCondition condition,
        CancellationToken cancellationToken
    )
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var row = await rows.ReadAsync(queue, cancellationToken);
            var there = row is { IsDeleting: false } ? row : null;
            switch (RegistryRules.Decide(queue, there?.Info, change, condition))
            {
                case PutDecision.Refuse(var failure):
                    return failure;
                case PutDecision.Create(var settings):
                    if (await Generations.CreateAsync(queue, settings, deleted: row) is not { } outcome)
                        break;
                    return outcome.TryGetValue(out var created, out var uncreated) ? (created, true) : uncreated;
                case PutDecision.Change(var settings):
                    var noted = settings.SameButForNotes(there!.Info.Settings);
                    var entity = QueueRecord.ToEntity(
                        queue,
                        there.Place,
                        there.HomeShards,
                        settings,
                        there.Info.CreatedAt,
                        noted ? there.Info.ETag : null,
                        noted ? there.Info.ChangedAt : context.Now
                    );
                    var commit = await Table.CommitAsync(
                        new TableTransactionAction(TableTransactionActionType.UpdateReplace, entity, there.ETag),
                        RegistryVersion.Change(RegistryVersion.Queues)
                    );
                    var fault = (commit as Commit.Failed)?.Fault;
                    if (fault is null or { MayHaveHappened: true })
                    {
                        // The answer carries no row to hand on; and if it was lost, a read tells what is there now.
                        if (!(await rows.ReadWrittenAsync(queue)).TryGetValue(out var now, out var unread))
                            return unread;
                        if (
                            now is { IsDeleting: false }
                            && (fault is null || (now.ETag != there.ETag && now.Info.Settings.SameAs(settings)))
                        )
                            return (now, false);
                        if (fault is { } lost)
                            return lost.ToFailure();
                    }
                    else if (fault is { Kind: not FaultKind.Conflict } refused)
                    {
                        return refused.ToFailure();
                    }

                    break;
            }
        }

        return new Failure.StorageUnavailable(StorageFault.DefaultRetryAfter);
    }

    /// <summary>Says that a shard is being written to; what sweeps noted about it no longer holds.</summary>
    /// <param name="tally">What this process has done in the queue; it is written along.</param>
    public async Task<Failure?> MarkActiveAsync(QueueName queue, string table, int shard, Tally tally)
    {
        var operations = new List<TableTransactionAction>
        {
            new(TableTransactionActionType.UpsertReplace, ShardMarker.Touched(queue, table, shard, context.Now)),
        };
        var unwritten = tally.Unwritten();
        if (unwritten is { } done)
            operations.Add(Totals.Write(done.Key, done.Totals));
        var commit = await Table.CommitAsync(operations);
        if (unwritten is { } written && commit is Commit.Done)
            tally.Written(written.Key, written.Totals);
        // Whether the answer or the write was lost does not matter: marking again is harmless, and nothing else was done yet.
        return (commit as Commit.Failed)?.Fault.ToReadFailure();
    }
}

using Azure.Data.Tables;
using FuncQueue.Engine.Queues;
using FuncQueue.Engine.Registry;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Sweeping;

/// <summary>
/// The maintenance pass. One query of the registry tells which shards are written to or have something due; only those are visited.
/// A shard that has been quiet is noted with its next due instant, and forgotten when it is empty.
/// </summary>
internal sealed class Sweeper(EngineContext context, QueueRegistry registry, QueueDirectory directory)
{
    private static readonly KeyRange Markers = new(RegistryKeys.ActivePrefix, RegistryKeys.ActivePrefix + "~");

    public async Task<SweepReport> SweepAsync(SweepScope scope, bool everything, CancellationToken cancellationToken)
    {
        var report = new SweepReport();
        directory.ForgetUnattended();
        var rows = await registry.Table.QueryAsync(Markers, int.MaxValue, cancellationToken);
        var markers = rows.ConvertAll(ShardMarker.Read).OfType<ShardMarker>().ToList();
        var visited = new HashSet<(string Table, int Shard)>();
        foreach (var marker in markers)
        {
            if (!everything && !marker.IsDue(scope, context.Now))
                continue;
            visited.Add((marker.Table, marker.Shard));
            report = report.Plus(await VisitAsync(marker, scope, cancellationToken));
        }

        if (everything)
            report = await SweepUnmarkedAsync(scope, visited, report, cancellationToken);
        if (scope.HasFlag(SweepScope.Storage))
            report = report.Plus(await ClearLeftoversAsync(cancellationToken));
        ForgetStaleCounts(markers);
        return report;
    }

    private async Task<SweepReport> VisitAsync(ShardMarker marker, SweepScope scope, CancellationToken cancellationToken)
    {
        try
        {
            var began = context.Now;
            var runtime = await directory.FindAsync(marker.Queue, cancellationToken);
            if (!Belongs(runtime, marker))
                runtime = await directory.RefreshAsync(marker.Queue);
            if (runtime is null || !Belongs(runtime, marker))
            {
                await registry.Table.CommitAsync(marker.Retire());
                return new SweepReport();
            }

            var visit = new ShardSweep(context, directory, runtime, runtime.Shards[marker.Shard], scope);
            await visit.RunAsync(cancellationToken);
            // Whoever writes has marked the shard within the activity interval; twice that, and nobody is writing unmarked.
            var quiet = marker.TouchedAt + 2 * context.Options.ActivityInterval < began;
            if (quiet && !visit.DidSomething)
                await registry.Table.CommitAsync(visit.IsEmpty ? marker.Retire() : marker.Note(visit.NextDue()));
            return visit.Report with { ShardsVisited = 1 };
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            EngineLog.SweepFailed(context.Log, exception, marker.Table, RowKeys.Partition(marker.Shard));
            return new SweepReport { ShardsFailed = 1 };
        }
    }

    /// <summary>
    /// Each timer may run in a process of its own, of which one counts a shard and another sees what becomes of it. A count holds while
    /// it is fresh; an older one only if the shard was quiet by then and nobody has written since, or if there was nothing in it.
    /// </summary>
    private void ForgetStaleCounts(List<ShardMarker> markers)
    {
        var quietAfter = 2 * context.Options.ActivityInterval;
        var touched = markers.ToLookup(m => (m.Queue.Value, m.Shard), m => m.TouchedAt);
        var now = context.Now;
        context.Metrics.ForgetCounts((queue, shard, count) =>
            count.At + quietAfter < now
            && count.Count.Counts != default
            && !(touched.Contains((queue, shard)) && touched[(queue, shard)].All(at => at + quietAfter < count.At)));
    }

    private static bool Belongs(QueueRuntime? runtime, ShardMarker marker) => runtime?.Table == marker.Table && marker.Shard < runtime.Shards.Count;

    /// <summary>The backstop: shards that hold something although no marker says so.</summary>
    private async Task<SweepReport> SweepUnmarkedAsync(SweepScope scope, HashSet<(string Table, int Shard)> visited, SweepReport report, CancellationToken cancellationToken)
    {
        var listedAt = context.Time.GetTimestamp();
        foreach (var record in await registry.ListAsync("", null, int.MaxValue, cancellationToken))
        {
            for (var shard = 0; shard < record.Info.Settings.Shards; shard++)
            {
                if (visited.Contains((record.Table, shard)))
                    continue;
                try
                {
                    var runtime = await directory.LearnAsync(record, listedAt);
                    // Made anew since the list was read.
                    if (runtime.Table != record.Table || shard >= runtime.Shards.Count)
                        continue;
                    var visit = new ShardSweep(context, directory, runtime, runtime.Shards[shard], scope | SweepScope.Storage);
                    await visit.RunUnmarkedAsync(cancellationToken);
                    if (!visit.IsEmpty)
                        await runtime.Shards[shard].Activity.EnsureAsync();
                    report = report.Plus(visit.Report with { ShardsVisited = 1 });
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    EngineLog.SweepFailed(context.Log, exception, record.Table, RowKeys.Partition(shard));
                    report = report.Plus(new SweepReport { ShardsFailed = 1 });
                }
            }
        }

        return report;
    }

    /// <summary>Finishes what a deleted queue, or one whose creation stopped half-way, has left.</summary>
    private async Task<SweepReport> ClearLeftoversAsync(CancellationToken cancellationToken)
    {
        var (deleted, failed) = (0, 0);
        foreach (var row in await registry.Table.QueryAsync(RegistryKeys.Leftovers, int.MaxValue, cancellationToken))
        {
            if (!(row.GetDateTimeOffset("DueAt") <= context.Now))
                continue;
            var place = QueuePlace.Read(row);
            try
            {
                deleted += await registry.RemoveAsync(place, cancellationToken);
                await registry.Table.CommitAsync(new TableTransactionAction(TableTransactionActionType.Delete, row, Azure.ETag.All));
            }
            catch (StorageFaultException exception)
            {
                // It may be one account that does not answer: what lies in the others is removed all the same.
                EngineLog.LeftoverKept(context.Log, exception, place.Table);
                failed++;
            }
        }

        return new SweepReport { PayloadsDeleted = deleted, ShardsFailed = failed };
    }
}

internal static class Sums
{
    public static SweepReport Plus(this SweepReport a, SweepReport b) => new()
    {
        ShardsVisited = a.ShardsVisited + b.ShardsVisited,
        Redelivered = a.Redelivered + b.Redelivered,
        DeadLettered = a.DeadLettered + b.DeadLettered,
        Expired = a.Expired + b.Expired,
        PayloadsDeleted = a.PayloadsDeleted + b.PayloadsDeleted,
        ShardsFailed = a.ShardsFailed + b.ShardsFailed,
    };

    /// <summary>The counts with one more message of this status; null counts nothing.</summary>
    public static MessageCounts Plus(this MessageCounts counts, MessageStatus? status) => status switch
    {
        MessageStatus.Ready => counts with { Ready = counts.Ready + 1 },
        MessageStatus.Leased => counts with { Leased = counts.Leased + 1 },
        MessageStatus.Scheduled => counts with { Scheduled = counts.Scheduled + 1 },
        MessageStatus.DeadLettered => counts with { DeadLettered = counts.DeadLettered + 1 },
        _ => counts,
    };
}

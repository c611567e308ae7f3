using FuncQueue.Engine.Queues;
using FuncQueue.Engine.Registry;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Sweeping;

/// <summary>
/// The maintenance pass. One query of the registry tells which shards are written to or have something due; only those are visited, a few
/// at a time. A shard that has been quiet is noted with its next due instant, and forgotten when it is empty.
/// </summary>
internal sealed class Sweeper(EngineContext context, QueueRegistry registry, QueueDirectory directory)
{
    /// <summary>Shards visited at a time: a visit waits for storage most of its time, and must leave the process to its callers.</summary>
    public const int ParallelVisits = 8;

    private static readonly KeyRange Markers = new(RegistryKeys.ActivePrefix, RegistryKeys.ActivePrefix + "~");

    /// <summary>Sweeps what the markers tell of, or everything.</summary>
    public async Task<SweepReport> SweepAsync(SweepScope scope, bool everything, CancellationToken cancellationToken) =>
        await SweepAsync(await ReadMarkersAsync(cancellationToken), scope, everything, cancellationToken);

    /// <summary>Sweeps what the markers tell of; and everything, if an hour has passed since a process last did.</summary>
    public async Task<SweepReport> SweepDueAsync(SweepScope scope, CancellationToken cancellationToken)
    {
        var markers = await ReadMarkersAsync(cancellationToken);
        // Whichever timer comes first does it: none need run at a certain time, and of those that come together one begins.
        if (
            !markers.FullPass.IsDue(context.Now)
            || await registry.Table.CommitAsync(markers.FullPass.Begin(context.Now)) is not Commit.Done(var begun)
        )
            return await SweepAsync(markers, scope, everything: false, cancellationToken);
        var report = await SweepAsync(markers, SweepScope.All, everything: true, cancellationToken);
        await registry.Table.CommitAsync(FullPassRow.End(context.Now, begun[0]));
        return report;
    }

    private async Task<MarkerList> ReadMarkersAsync(CancellationToken cancellationToken)
    {
        var rows = await registry.Table.QueryAsync(Markers, int.MaxValue, cancellationToken);
        var pass = rows.Find(FullPassRow.Is);
        return new MarkerList(
            [.. rows.Select(ShardMarker.Read).OfType<ShardMarker>()],
            pass is null ? FullPassRow.None : FullPassRow.Read(pass)
        );
    }

    private async Task<SweepReport> SweepAsync(MarkerList markers, SweepScope scope, bool everything, CancellationToken cancellationToken)
    {
        directory.ForgetUnused();
        registry.Figures.ForgetUnused();
        var total = new SweepTotal();
        var now = context.Now;
        var toVisit = markers.Shards.Where(marker => everything || marker.IsDue(scope, now)).ToList();
        var visits = toVisit.GroupBy(m => m.Table).ToDictionary(g => g.Key, g => new QueueVisit(context, registry, g.Count()));
        await Parallel.ForEachAsync(
            toVisit,
            Bounded(cancellationToken),
            async (marker, token) =>
            {
                var visit = visits[marker.Table];
                total.Add(await VisitAsync(marker, scope, everything, visit, token));
                await visit.LeaveAsync(token);
            }
        );
        if (everything)
            total.Add(
                await new FullPass(context, registry, directory).RunAsync(
                    scope | SweepScope.Storage,
                    [.. toVisit.Select(m => (m.Table, m.Shard))],
                    cancellationToken
                )
            );
        if (scope.HasFlag(SweepScope.Storage))
            total.Add(await new LeftoverSweep(context, registry).RunAsync(cancellationToken));
        ForgetStaleCounts(markers.Shards);
        return total.Report;
    }

    internal static ParallelOptions Bounded(CancellationToken cancellationToken) =>
        new() { MaxDegreeOfParallelism = ParallelVisits, CancellationToken = cancellationToken };

    private async Task<SweepReport> VisitAsync(
        ShardMarker marker,
        SweepScope scope,
        bool everything,
        QueueVisit queue,
        CancellationToken cancellationToken
    )
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

            var visit = new ShardSweep(context, directory, runtime, runtime.Shards[marker.Shard], scope, whole: everything);
            await visit.RunAsync(cancellationToken);
            // Whoever writes has marked the shard lately enough, or waits until it has.
            var quiet = marker.TouchedAt + ActivityMarker.QuietAfter(context.Options) < began;
            queue.Saw(new VisitedShard(runtime, marker, visit, quiet));
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
    private void ForgetStaleCounts(IReadOnlyList<ShardMarker> shards)
    {
        var quietAfter = ActivityMarker.QuietAfter(context.Options);
        var touched = shards.ToLookup(m => (m.Queue.Value, m.Shard), m => m.TouchedAt);
        var now = context.Now;
        context.Metrics.ForgetCounts(
            (queue, shard, count) =>
                count.At + quietAfter < now
                && count.Count.Counts != default
                && !(touched.Contains((queue, shard)) && touched[(queue, shard)].All(at => at + quietAfter < count.At))
        );
    }

    private static bool Belongs(QueueRuntime? runtime, ShardMarker marker) =>
        runtime?.Table == marker.Table && marker.Shard < runtime.Shards.Count;

    private sealed record MarkerList(IReadOnlyList<ShardMarker> Shards, FullPassRow FullPass);
}

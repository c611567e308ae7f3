using FuncQueue.Engine.Queues;
using FuncQueue.Engine.Registry;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Sweeping;

/// <summary>
/// The backstop of the markers: reads from every shard of every queue, and visits those that hold something although no marker says so.
/// Nothing is kept of the others.
/// </summary>
internal sealed class FullPass(EngineContext context, QueueRegistry registry, QueueDirectory directory)
{
    private readonly SweepTotal total = new();

    // One for all shards that hold nothing: there may be very many.
    private readonly PastCount nothing = PastCount.Nothing(context.Now);

    /// <param name="visited">Shards that their markers have led to already.</param>
    public async Task<SweepReport> RunAsync(
        SweepScope scope,
        HashSet<(string Table, int Shard)> visited,
        CancellationToken cancellationToken
    )
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        string? after = null;
        do
        {
            var listedAt = context.Time.GetTimestamp();
            var page = await registry.ListAsync("", after, ShardTable.MaxPageRows, cancellationToken);
            var shards = page.SelectMany(record =>
                Enumerable.Range(0, record.Info.Settings.Shards).Select(shard => (Record: record, Shard: shard))
            );
            await Parallel.ForEachAsync(
                shards.Where(s => !visited.Contains((s.Record.Table, s.Shard))),
                Sweeper.Bounded(cancellationToken),
                async (s, token) => total.Add(await VisitAsync(s.Record, s.Shard, scope, listedAt, token))
            );
            names.UnionWith(page.Select(record => record.Info.Name.Value));
            after = page.Count < ShardTable.MaxPageRows ? null : page[^1].Info.Name.Value;
        } while (after is not null);

        context.Metrics.ForgetCounts((queue, _, count) => count.At < nothing.At && !names.Contains(queue));
        return total.Report;
    }

    private async Task<SweepReport> VisitAsync(
        QueueRecord record,
        int shard,
        SweepScope scope,
        long listedAt,
        CancellationToken cancellationToken
    )
    {
        try
        {
            if ((await ShardRemains.ReadAsync(directory.TableOf(record, shard), cancellationToken)).IsEmpty)
            {
                context.Metrics.Counted(record.Info.Name, shard, nothing);
                return new SweepReport { ShardsVisited = 1 };
            }

            var runtime = await directory.LearnAsync(record, listedAt);
            // Made anew since the list was read.
            if (runtime.Table != record.Table || shard >= runtime.Shards.Count)
                return new SweepReport();
            var visit = new ShardSweep(context, directory, runtime, runtime.Shards[shard], scope, whole: true);
            await visit.RunAsync(cancellationToken);
            if (!visit.IsEmpty)
                await runtime.Shards[shard].Activity.EnsureAsync();
            return visit.Report with { ShardsVisited = 1 };
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            EngineLog.SweepFailed(context.Log, exception, record.Table, RowKeys.Partition(shard));
            return new SweepReport { ShardsFailed = 1 };
        }
    }
}

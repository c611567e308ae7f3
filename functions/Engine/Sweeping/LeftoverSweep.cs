using FuncQueue.Engine.Registry;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Sweeping;

/// <summary>Finishes what a deleted queue, or one whose creation stopped half-way, has left.</summary>
internal sealed class LeftoverSweep(EngineContext context, QueueRegistry registry)
{
    public async Task<SweepReport> RunAsync(CancellationToken cancellationToken)
    {
        var total = new SweepTotal();
        var cleared = new System.Collections.Concurrent.ConcurrentQueue<LeftoverRow>();
        await Parallel.ForEachAsync(
            await registry.Generations.DueLeftoversAsync(cancellationToken),
            Sweeper.Bounded(cancellationToken),
            async (leftover, token) =>
            {
                try
                {
                    if (await registry.Generations.ClearAsync(leftover, token) is not { } payloads)
                        return;
                    cleared.Enqueue(leftover);
                    total.Add(new SweepReport { PayloadsDeleted = payloads });
                }
                catch (StorageFaultException exception)
                {
                    // It may be one account that does not answer: what lies in the others is removed all the same.
                    EngineLog.LeftoverKept(context.Log, exception, leftover.Place.Table);
                    total.Add(new SweepReport { ShardsFailed = 1 });
                }
            }
        );
        foreach (var chunk in cleared.Chunk(ShardTable.MaxOperations))
            await registry.Table.CommitAsync([.. chunk.Select(leftover => leftover.Remove())]);
        return total.Report;
    }
}

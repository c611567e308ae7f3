using System.Collections.Concurrent;

namespace FuncQueue.Engine.Shards;

/// <summary>What a shard's loop has been asked to do until it takes that in, one after the other. Anybody may post.</summary>
internal sealed class ShardInbox(KnownShard shard, SettlePlan settlements, UpkeepPlan upkeep, RowSize rowSize)
{
    private readonly ConcurrentQueue<Work> posted = new();
    private readonly List<TaskCompletionSource> barriers = [];

    public bool IsEmpty => posted.IsEmpty;

    public void Post(Work work) => posted.Enqueue(work);

    public void TakeIn()
    {
        while (posted.TryDequeue(out var work))
        {
            switch (work)
            {
                case Work.Settle(var requests):
                    rowSize.Settled(requests);
                    settlements.Add(requests);
                    break;
                case Work.Inserted(var row, var behind):
                    shard.Inserted(row, behind);
                    break;
                case Work.Scanned scanned:
                    shard.TakeIn(scanned);
                    break;
                case Work.ScannedGroups scanned:
                    Answer(scanned);
                    break;
                case Work.Upkeep(var request):
                    upkeep.Add(request);
                    break;
                case Work.Forget:
                    shard.Forget();
                    break;
                case Work.Barrier(var reached):
                    barriers.Add(reached);
                    break;
            }
        }
    }

    /// <summary>All that was taken in has been done, as far as it can be.</summary>
    public void ReachBarriers()
    {
        foreach (var barrier in barriers)
            barrier.TrySetResult();
        barriers.Clear();
    }

    private void Answer(Work.ScannedGroups scanned)
    {
        try
        {
            scanned.Answer.TrySetResult(shard.TakeIn(scanned));
        }
        catch (Exception exception)
        {
            scanned.Answer.TrySetException(exception);
            throw;
        }
    }
}

using FuncQueue.Engine.Queues;
using FuncQueue.Engine.Registry;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Sweeping;

/// <summary>A shard that was visited.</summary>
/// <param name="IsQuiet">Whether nobody has written there for so long that all that was written was seen.</param>
internal sealed record VisitedShard(QueueRuntime Queue, ShardMarker Marker, ShardSweep Visit, bool IsQuiet)
{
    /// <summary>
    /// What was counted; also by a visit about something else that found nothing at all, and after which nobody may come any more; else
    /// null.
    /// </summary>
    public PastCount? Counted(DateTimeOffset now) => Visit.Counted ?? (IsQuiet && Visit.IsEmpty ? PastCount.Nothing(now) : null);
}

/// <summary>
/// The visits of one sweep to the shards of one queue. After the last of them its figures are written; only then quiet shards are noted or
/// forgotten, since nobody comes to count them again.
/// </summary>
/// <param name="shards">How many shards are visited.</param>
internal sealed class QueueVisit(EngineContext context, QueueRegistry registry, int shards)
{
    private readonly Lock gate = new();
    private readonly List<VisitedShard> seen = [];
    private int left = shards;

    public void Saw(VisitedShard shard)
    {
        lock (gate)
            seen.Add(shard);
    }

    /// <summary>Ends the visit to a shard, successful or not.</summary>
    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Decrement(ref left) > 0 || seen.Count == 0)
            return;
        if (!await RecordAsync(cancellationToken))
            return;
        foreach (var shard in seen.Where(s => s.IsQuiet && s.Visit.KnowsNextDue))
            await registry.Table.CommitAsync(shard.Visit.IsEmpty ? shard.Marker.Retire() : shard.Marker.Note(shard.Visit.NextDue()));
    }

    /// <summary>Whether what is written of the queue tells what was counted.</summary>
    private async Task<bool> RecordAsync(CancellationToken cancellationToken)
    {
        var now = context.Now;
        var counted = new List<(int, PastCount)>();
        foreach (var shard in seen)
        {
            if (shard.Counted(now) is { } count)
                counted.Add((shard.Marker.Shard, count));
        }

        if (counted.Count == 0)
            return true;
        var queue = seen[0].Queue;
        try
        {
            var isActive = seen.Exists(s => !s.IsQuiet || s.Visit.DidSomething);
            return await registry.Figures.RecordAsync(queue.Name, queue.Tally, counted, isActive, cancellationToken);
        }
        catch (StorageFaultException exception)
        {
            EngineLog.FiguresNotWritten(context.Log, exception, queue.Name.Value);
            return false;
        }
    }
}

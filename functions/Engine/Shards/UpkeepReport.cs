using FuncQueue.Engine.Decisions;

namespace FuncQueue.Engine.Shards;

/// <summary>Tells of upkeep that was done: metrics, the log, the sweep that asked for it.</summary>
internal static class UpkeepReport
{
    public static void Tell(EngineContext context, QueueName queue, RowEdit edit)
    {
        var done = edit.Upkeep;
        if (done.Redelivered > 0)
            context.Metrics.LeasesExpired(queue, done.Redelivered);
        if (done.Expired > 0)
            context.Metrics.Expired(queue, done.Expired);
        if (edit.DeadLetters.Count > 0)
        {
            context.Metrics.DeadLettered(queue, edit.DeadLetters.Count);
            context.DeadLettered?.Invoke(queue);
            EngineLog.DeadLettered(context.Log, edit.DeadLetters.Count, queue.Value, Reasons.ForLog(edit.DeadLetters[0].Reason));
        }

        if (edit.UpkeepFor?.Counts is { } counts)
        {
            counts.Redelivered += done.Redelivered;
            counts.DeadLettered += done.DeadLettered;
            counts.Expired += done.Expired;
        }
    }
}

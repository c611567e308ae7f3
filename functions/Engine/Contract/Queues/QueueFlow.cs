namespace FuncQueue.Engine;

/// <summary>What was done in a queue between two samples, as far as the processes have written it down.</summary>
public readonly record struct QueueFlow(long Enqueued, long Acked, long DeadLettered)
{
    internal QueueFlow Minus(QueueFlow other) =>
        new(Math.Max(0, Enqueued - other.Enqueued), Math.Max(0, Acked - other.Acked), Math.Max(0, DeadLettered - other.DeadLettered));

    internal QueueFlow Most(QueueFlow other) =>
        new(Math.Max(Enqueued, other.Enqueued), Math.Max(Acked, other.Acked), Math.Max(DeadLettered, other.DeadLettered));
}

namespace FuncQueue.Engine;

/// <summary>
/// What was done in a queue since its creation. Every process writes its part now and then, at most once a minute: one that is killed may
/// lose what it did since.
/// </summary>
/// <param name="Enqueued">Messages that came, from other queues too; repeats are none.</param>
/// <param name="Delivered">Deliveries of live messages.</param>
/// <param name="Expired">Messages dropped at the end of their time to live.</param>
public readonly record struct QueueTotals(long Enqueued, long Delivered, long Acked, long Nacked, long Expired, long DeadLettered)
{
    internal QueueTotals Plus(QueueTotals other) =>
        new(
            Enqueued + other.Enqueued,
            Delivered + other.Delivered,
            Acked + other.Acked,
            Nacked + other.Nacked,
            Expired + other.Expired,
            DeadLettered + other.DeadLettered
        );

    internal QueueTotals Minus(QueueTotals other) =>
        new(
            Enqueued - other.Enqueued,
            Delivered - other.Delivered,
            Acked - other.Acked,
            Nacked - other.Nacked,
            Expired - other.Expired,
            DeadLettered - other.DeadLettered
        );
}

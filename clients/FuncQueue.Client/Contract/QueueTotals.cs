namespace FuncQueue.Client;

/// <summary>What happened to a queue since its creation.</summary>
/// <param name="Enqueued">Messages stored.</param>
/// <param name="Delivered">Leases given.</param>
/// <param name="Acked">Messages done.</param>
/// <param name="Nacked">Messages given back.</param>
/// <param name="Expired">Messages past their time to live.</param>
/// <param name="DeadLettered">Messages dead-lettered.</param>
public sealed record QueueTotals(long Enqueued, long Delivered, long Acked, long Nacked, long Expired, long DeadLettered);

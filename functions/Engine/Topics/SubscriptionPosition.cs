namespace FuncQueue.Engine.Topics;

/// <summary>How far a subscription is in a partition.</summary>
/// <param name="Position">The offset up to which everything that was routed to it has arrived.</param>
/// <param name="Lag">Records that were routed to it and have not arrived yet.</param>
public sealed record SubscriptionPosition(int Partition, long Position, long Lag);

namespace FuncQueue.Client;

/// <summary>A queue's messages by status.</summary>
/// <param name="Ready">Wait for a receiver.</param>
/// <param name="Leased">Are with a receiver.</param>
/// <param name="Scheduled">Are held back.</param>
/// <param name="DeadLettered">Are dead letters.</param>
public sealed record QueueCounts(long Ready, long Leased, long Scheduled, long DeadLettered);

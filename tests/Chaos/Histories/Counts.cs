namespace FuncQueue.Chaos.Histories;

/// <summary>A queue's counts, as the service gives them.</summary>
public readonly record struct Counts(long Ready, long Leased, long Scheduled, long DeadLettered);

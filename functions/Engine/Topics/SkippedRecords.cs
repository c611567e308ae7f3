namespace FuncQueue.Engine.Topics;

/// <summary>Offsets that a group did not get, because they had been removed.</summary>
/// <param name="To">The first that is there.</param>
public sealed record SkippedRecords(int Partition, long From, long To);

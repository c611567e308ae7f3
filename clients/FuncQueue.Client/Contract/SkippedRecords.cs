namespace FuncQueue.Client;

/// <summary>Offsets that were removed before a group came to them.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="From">The first of them.</param>
/// <param name="To">Behind the last of them.</param>
public sealed record SkippedRecords(int Partition, long From, long To);

namespace FuncQueue.Client;

/// <summary>What a partition of a topic has.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="FirstOffset">The first record that is there.</param>
/// <param name="NextOffset">The place of the next record.</param>
/// <param name="LastPublishedAt">When the last record came.</param>
public sealed record PartitionOffsets(int Partition, long FirstOffset, long NextOffset, DateTimeOffset? LastPublishedAt);

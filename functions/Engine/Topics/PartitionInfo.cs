namespace FuncQueue.Engine.Topics;

/// <summary>A partition of a topic as it was when it was read.</summary>
/// <param name="FirstOffset">Of the oldest record that is there; without records, the next offset.</param>
/// <param name="NextOffset">Of the next record.</param>
/// <param name="LastPublishedAt">Null: nothing has been published.</param>
public sealed record PartitionInfo(int Partition, long FirstOffset, long NextOffset, DateTimeOffset? LastPublishedAt);

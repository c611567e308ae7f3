namespace FuncQueue.Engine.Topics;

/// <summary>A topic with what is in it.</summary>
public sealed record TopicStatus(TopicInfo Topic, IReadOnlyList<PartitionInfo> Partitions);

namespace FuncQueue.Engine.Topics;

/// <summary>A member of a group.</summary>
/// <param name="Until">When it counts as gone, unless it reads again.</param>
public sealed record TopicGroupMember(QueueName Name, DateTimeOffset Until, IReadOnlyList<int> Partitions);

namespace FuncQueue.Client;

/// <summary>A member of a group.</summary>
/// <param name="Member">Its name.</param>
/// <param name="Until">Until when it counts as there.</param>
/// <param name="Partitions">What it holds.</param>
public sealed record TopicGroupMember(string Member, DateTimeOffset Until, IReadOnlyList<int> Partitions);

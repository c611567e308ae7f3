namespace FuncQueue.Engine.Topics;

/// <summary>A group as it is in storage.</summary>
public sealed record TopicGroup(
    QueueName Name,
    DateTimeOffset CreatedAt,
    IReadOnlyList<TopicGroupMember> Members,
    IReadOnlyList<TopicGroupPartition> Partitions
)
{
    /// <summary>Records that the group has not committed.</summary>
    public long Lag => Partitions.Sum(p => p.Lag);

    /// <summary>How long the oldest of them has been there.</summary>
    public TimeSpan LagTime => Partitions.Count == 0 ? TimeSpan.Zero : Partitions.Max(p => p.LagTime);
}

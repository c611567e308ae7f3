namespace FuncQueue.Engine.Topics;

/// <summary>A partition as a group has it.</summary>
/// <param name="Committed">The offset that the group goes on at.</param>
/// <param name="NextOffset">Of the record that is published next.</param>
/// <param name="Lag">Records that are there and not committed.</param>
/// <param name="LagTime">How long the oldest of them has been there.</param>
/// <param name="Member">Who holds it; null: nobody.</param>
/// <param name="Until">When the holder's lease ends.</param>
/// <param name="WantedBy">Who waits for it; null: nobody.</param>
public sealed record TopicGroupPartition(
    int Partition,
    long Committed,
    long NextOffset,
    long Lag,
    TimeSpan LagTime,
    QueueName? Member,
    DateTimeOffset? Until,
    QueueName? WantedBy
);

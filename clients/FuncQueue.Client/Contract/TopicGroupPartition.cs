namespace FuncQueue.Client;

/// <summary>How far a group is in a partition.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Committed">The offset behind what is committed.</param>
/// <param name="NextOffset">The offset of the next record that is published.</param>
/// <param name="Lag">Records that are not committed.</param>
/// <param name="Member">Who holds it; null: nobody.</param>
/// <param name="Until">Until when.</param>
/// <param name="WantedBy">Who waits for it.</param>
public sealed record TopicGroupPartition(
    int Partition,
    long Committed,
    long NextOffset,
    long Lag,
    string? Member,
    DateTimeOffset? Until,
    string? WantedBy
);

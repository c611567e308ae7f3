namespace FuncQueue.Client;

/// <summary>What a read by a member of a group brought.</summary>
public sealed class GroupReadResult
{
    /// <summary>The records, those of each partition in order.</summary>
    public IReadOnlyList<TopicRecord> Records { get; init; } = [];

    /// <summary>Of each partition of the member: how far it was read.</summary>
    public IReadOnlyList<GroupToken> Tokens { get; init; } = [];

    /// <summary>What the member holds.</summary>
    public IReadOnlyList<int> Partitions { get; init; } = [];

    /// <summary>Those of them that another waits for: to be committed, and read on from.</summary>
    public IReadOnlyList<int> WantedPartitions { get; init; } = [];

    /// <summary>What became of the tokens to commit, in their order.</summary>
    public IReadOnlyList<CommitStatus> Committed { get; init; } = [];

    /// <summary>What was removed before the group came to it.</summary>
    public IReadOnlyList<SkippedRecords> Skipped { get; init; } = [];
}

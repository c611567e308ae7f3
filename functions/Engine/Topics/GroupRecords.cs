namespace FuncQueue.Engine.Topics;

/// <summary>What a read by a member of a group ended in.</summary>
/// <param name="Records">Those of each partition in the order of their offsets.</param>
/// <param name="Tokens">Of each partition of the member: how far it has been handed out, to commit or to go on behind.</param>
/// <param name="Assigned">The partitions that the member holds.</param>
/// <param name="Wanted">Those of them that another member waits for: to be given up by committing all, and reading again.</param>
/// <param name="Committed">In the order of the tokens to commit.</param>
/// <param name="After">In the order of the tokens to go on behind; one that is not ok was ignored.</param>
/// <param name="Skipped">What was removed before the group came to it.</param>
public sealed record GroupRecords(
    IReadOnlyList<Record> Records,
    IReadOnlyList<GroupToken> Tokens,
    IReadOnlyList<int> Assigned,
    IReadOnlyList<int> Wanted,
    IReadOnlyList<TokenStatus> Committed,
    IReadOnlyList<TokenStatus> After,
    IReadOnlyList<SkippedRecords> Skipped
);

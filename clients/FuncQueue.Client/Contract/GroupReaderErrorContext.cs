namespace FuncQueue.Client;

/// <summary>Something that went wrong in a group reader.</summary>
/// <param name="TopicName">The topic.</param>
/// <param name="GroupName">The group.</param>
/// <param name="Source">What it did: <see cref="FuncQueueErrorSource.Settle"/> is a commit.</param>
/// <param name="Exception">How it failed.</param>
/// <param name="Partition">The partition that it concerns; null: no single one.</param>
/// <param name="Records">The records that it concerns.</param>
public sealed record GroupReaderErrorContext(
    string TopicName,
    string GroupName,
    FuncQueueErrorSource Source,
    Exception Exception,
    int? Partition,
    IReadOnlyList<TopicRecord> Records
);

namespace FuncQueue.Client;

/// <summary>
/// Records in the hands of a handler, all of one partition, in its order. When the handler returns they are committed; when it throws they
/// are handled again after a pause, before any that is behind them.
/// </summary>
public class ProcessRecordsContext
{
    /// <summary>For tests of handlers.</summary>
    public ProcessRecordsContext(
        string topicName,
        string groupName,
        int partition,
        IReadOnlyList<TopicRecord> records,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(records);
        ArgumentOutOfRangeException.ThrowIfZero(records.Count, nameof(records));
        (TopicName, GroupName, Partition, Records, CancellationToken) = (topicName, groupName, partition, records, cancellationToken);
    }

    /// <summary>The topic.</summary>
    public string TopicName { get; }

    /// <summary>The group.</summary>
    public string GroupName { get; }

    /// <summary>The partition.</summary>
    public int Partition { get; }

    /// <summary>The records: up to <see cref="FuncQueueGroupReaderOptions.BatchSize"/>, at least one.</summary>
    public IReadOnlyList<TopicRecord> Records { get; }

    /// <summary>The first of the records, and where the batch size is 1 the only one.</summary>
    public TopicRecord Record => Records[0];

    /// <summary>How often these records are handled here, this time included. A handler that gives up on them returns.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>Cancelled when the partition is lost, or when the one who stops the reader will not wait any longer.</summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>
    /// Cancelled when the partition is lost: these records are, or will be, handled by another, and are not committed here.
    /// </summary>
    public CancellationToken Fenced { get; init; }
}

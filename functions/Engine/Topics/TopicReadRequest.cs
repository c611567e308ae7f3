namespace FuncQueue.Engine.Topics;

/// <summary>A read of all partitions of a topic.</summary>
public sealed record TopicReadRequest
{
    /// <summary>What the last read answered; null: <see cref="From"/> says where to begin.</summary>
    public string? Position { get; init; }

    /// <summary>Counts without a position only; no offset, which each partition has its own of.</summary>
    public ReadFrom From { get; init; } = new ReadFrom.Earliest();

    /// <summary>1 to <see cref="Limits.MaxRecordsPerRead"/>.</summary>
    public int MaxRecords { get; init; } = 100;

    /// <summary>Bytes of bodies; the first record comes whatever its length.</summary>
    public int MaxBytes { get; init; } = 1024 * 1024;

    /// <summary>How long to wait for the first record.</summary>
    public TimeSpan Wait { get; init; }
}

namespace FuncQueue.Engine.Topics;

/// <summary>A read by a member of a group: it joins, renews, commits and fetches in one call.</summary>
public sealed record GroupReadRequest
{
    /// <summary>Who reads: a name of the caller's own choice, which stays the same from read to read.</summary>
    public required QueueName Member { get; init; }

    /// <summary>1 to <see cref="Limits.MaxRecordsPerRead"/>.</summary>
    public int MaxRecords { get; init; } = 100;

    /// <summary>Bytes of bodies; the first record comes whatever its length.</summary>
    public int MaxBytes { get; init; } = 1024 * 1024;

    /// <summary>How long to wait for the first record.</summary>
    public TimeSpan Wait { get; init; }

    /// <summary>
    /// For how long, from each read on, the member's partitions are its own; more than <see cref="Wait"/>. A partition that another waits
    /// for is not kept longer.
    /// </summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Where a group begins that has not been there; no offset.</summary>
    public ReadFrom From { get; init; } = new ReadFrom.Latest();

    /// <summary>Tokens up to which the group is done, to be committed before anything else.</summary>
    public IReadOnlyList<string> Commit { get; init; } = [];

    /// <summary>Tokens to go on behind; of a partition without one it begins at what is committed.</summary>
    public IReadOnlyList<string> After { get; init; } = [];
}

namespace FuncQueue.Engine.Topics;

/// <summary>A read of one partition.</summary>
public sealed record ReadRequest
{
    public required int Partition { get; init; }

    public ReadFrom From { get; init; } = new ReadFrom.Earliest();

    /// <summary>1 to <see cref="Limits.MaxRecordsPerRead"/>.</summary>
    public int MaxRecords { get; init; } = 100;

    /// <summary>Bytes of bodies; the first record comes whatever its length.</summary>
    public int MaxBytes { get; init; } = 1024 * 1024;

    /// <summary>How long to wait for the first record.</summary>
    public TimeSpan Wait { get; init; }

    /// <summary>Whether the end of the partition is to be found out, beside the records.</summary>
    internal bool TellsEnd { get; init; } = true;
}

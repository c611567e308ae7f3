namespace FuncQueue.Chaos.Inside;

/// <summary>What a process has met since it started.</summary>
public sealed record FaultReport
{
    public required IReadOnlyDictionary<StorageFaultKind, long> Faults { get; init; }

    public required long Requests { get; init; }

    /// <summary>Requests that the limit of entities a second refused.</summary>
    public required long OverTheLimit { get; init; }

    public long Total => Faults.Values.Sum() + OverTheLimit;
}

namespace FuncQueue.Chaos.Inside;

/// <summary>For a while, each request meets one of some faults with a certain probability.</summary>
public sealed record Storm
{
    public required IReadOnlyList<StorageFaultKind> Kinds { get; init; }

    /// <summary>Of 1.</summary>
    public required double Probability { get; init; }

    public required double Seconds { get; init; }

    public required int Seed { get; init; }
}

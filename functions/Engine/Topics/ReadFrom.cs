namespace FuncQueue.Engine.Topics;

/// <summary>Where to begin in a partition.</summary>
public abstract record ReadFrom
{
    private ReadFrom() { }

    /// <summary>At this offset. Removed: <see cref="Failure.OffsetExpired"/>; beyond the end: <see cref="Failure.Invalid"/>.</summary>
    public sealed record Offset(long Value) : ReadFrom;

    /// <summary>At the first record that was published at this instant or later.</summary>
    public sealed record Instant(DateTimeOffset Value) : ReadFrom;

    /// <summary>At the oldest record that is there.</summary>
    public sealed record Earliest : ReadFrom;

    /// <summary>At what will be published next.</summary>
    public sealed record Latest : ReadFrom;
}

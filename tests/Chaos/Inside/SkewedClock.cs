namespace FuncQueue.Chaos.Inside;

/// <summary>The machine's clock, and how far this process has it wrong. Durations and timers are right.</summary>
internal sealed class SkewedClock : TimeProvider
{
    private long offset;

    /// <summary>Ahead of the right time; negative: behind.</summary>
    public TimeSpan Offset
    {
        get => new(Interlocked.Read(ref offset));
        set => Interlocked.Exchange(ref offset, value.Ticks);
    }

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Offset;
}

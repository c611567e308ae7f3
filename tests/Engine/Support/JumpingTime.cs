namespace FuncQueue.Engine.Tests.Support;

/// <summary>The real time, until the clock is set: the wall clock jumps, durations go on as they are.</summary>
public sealed class JumpingTime : TimeProvider
{
    private long offset;

    public void Jump(TimeSpan by) => Interlocked.Add(ref offset, by.Ticks);

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + new TimeSpan(Interlocked.Read(ref offset));
}

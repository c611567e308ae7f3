namespace FuncQueue.Engine.Storage;

/// <summary>
/// How fast one shard's partition is asked. Storage that throttles is left alone for a while: as long as it says, else for a time that
/// doubles with each refusal in a row; and not for the same time by all processes. Thread-safe.
/// </summary>
internal sealed class Pace(TimeProvider time)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(4);

    private readonly Lock gate = new();
    private int refusals;
    private long pausedAt;
    private TimeSpan pause;

    /// <summary>How long it is still to be left alone; zero: not at all.</summary>
    public TimeSpan Remaining
    {
        get
        {
            lock (gate)
            {
                var rest = pause == TimeSpan.Zero ? TimeSpan.Zero : pause - time.GetElapsedTime(pausedAt);
                return rest > TimeSpan.Zero ? rest : TimeSpan.Zero;
            }
        }
    }

    /// <summary>Completes when storage may be asked.</summary>
    public Task WhenReadyAsync(CancellationToken cancellationToken)
    {
        return Remaining is { Ticks: > 0 } rest ? WaitAsync(rest) : Task.CompletedTask;

        async Task WaitAsync(TimeSpan wait)
        {
            // Somebody else may have been refused meanwhile.
            for (; wait > TimeSpan.Zero; wait = Remaining)
                await Task.Delay(wait, time, cancellationToken);
        }
    }

    /// <summary>Storage refused; <paramref name="asked"/> is what it asked for, if anything.</summary>
    public void Refused(TimeSpan? asked)
    {
        lock (gate)
        {
            var own = TimeSpan.FromTicks(Math.Min(Longest.Ticks, First.Ticks << Math.Min(refusals++, 16)));
            var least = asked > own ? asked.Value : own;
            pause = least * (1 + (Random.Shared.NextDouble() / 4));
            pausedAt = time.GetTimestamp();
        }
    }

    /// <summary>Storage carried a request out.</summary>
    public void Served()
    {
        // Nearly always; a stale look costs one pause.
        if (Volatile.Read(ref refusals) == 0)
            return;
        lock (gate)
            (refusals, pause) = (0, TimeSpan.Zero);
    }
}

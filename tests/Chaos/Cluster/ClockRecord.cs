namespace FuncQueue.Chaos.Cluster;

/// <summary>What the run knows of how far a process's clock was ahead, and when. Thread-safe.</summary>
internal sealed class ClockRecord
{
    private readonly List<Setting> settings = [];
    private readonly Lock gate = new();

    /// <summary>
    /// Notes that the clock is about to be set: from <paramref name="from"/> on it may be, and nobody knows until it is done.
    /// </summary>
    public void Begin(TimeSpan offset, DateTimeOffset from)
    {
        lock (gate)
            settings.Add(new Setting(offset, from, DateTimeOffset.MaxValue));
    }

    /// <summary>Notes that the clock has certainly been set.</summary>
    public void Done(DateTimeOffset until)
    {
        lock (gate)
            settings[^1] = settings[^1] with { Until = until };
    }

    /// <summary>The offsets that the clock may have had between two instants.</summary>
    public (TimeSpan Least, TimeSpan Most) Between(DateTimeOffset from, DateTimeOffset to)
    {
        lock (gate)
        {
            // A setting may have held from when it was begun until the next one was certainly there.
            var possible = settings
                .Where((s, i) => s.From <= to && (i + 1 == settings.Count || settings[i + 1].Until >= from))
                .Select(s => s.Offset)
                .DefaultIfEmpty(TimeSpan.Zero)
                .ToList();
            return (possible.Min(), possible.Max());
        }
    }

    /// <summary>How far the clock was ahead between two instants, at most; zero: it was not.</summary>
    public TimeSpan MostAhead(DateTimeOffset from, DateTimeOffset to) =>
        Between(from, to).Most is { Ticks: > 0 } ahead ? ahead : TimeSpan.Zero;

    private sealed record Setting(TimeSpan Offset, DateTimeOffset From, DateTimeOffset Until);
}

namespace FuncQueue.Engine.Totals;

/// <summary>
/// Writes what this process has done in a queue once it does nothing more there: the marks of activity, with which it is written otherwise,
/// are only made by those who go on.
/// </summary>
internal sealed class TotalsTail
{
    private readonly EngineContext context;
    private readonly TotalsRows rows;
    private readonly TimeSpan rest;
    private int running;

    public TotalsTail(EngineContext context, TotalsRows rows)
    {
        this.context = context;
        this.rows = rows;
        rest = context.Options.SaveTotalsAfter;
        if (rest != Timeout.InfiniteTimeSpan)
            context.Metrics.Tallies.Added = Begin;
    }

    private void Begin()
    {
        if (Volatile.Read(ref running) == 0 && Interlocked.Exchange(ref running, 1) == 0)
            _ = RunAsync();
    }

    private async Task RunAsync()
    {
        do
        {
            await Task.Delay(rest, context.Time);
            if (context.Stopping)
                return;
            foreach (var tally in context.Metrics.Tallies.All.Where(t => t.IsAtRest(rest)))
                await rows.SaveAsync(tally);
            Volatile.Write(ref running, 0);
        } while (context.Metrics.Tallies.All.Any(t => t.IsUnwritten) && Interlocked.Exchange(ref running, 1) == 0);
    }
}

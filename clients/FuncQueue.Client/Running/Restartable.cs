namespace FuncQueue.Client.Running;

/// <summary>One run at a time: started, stopped, and started again.</summary>
/// <param name="name">What it is called in errors.</param>
/// <param name="begin">Makes a run, which is to be started.</param>
internal sealed class Restartable<TRun>(string name, Func<TRun> begin)
    where TRun : Run
{
    private readonly Lock gate = new();
    private TRun? current;

    /// <summary>The run that was started and has not ended; null: there is none.</summary>
    public TRun? Current
    {
        get
        {
            lock (gate)
                return current;
        }
    }

    /// <exception cref="InvalidOperationException">It is started.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
        {
            if (current is not null)
                throw new InvalidOperationException($"The {name} is started already.");
            current = begin();
            current.Start();
        }

        return Task.CompletedTask;
    }

    /// <summary>Stops what runs. Called by one of its handlers, it begins that and returns, since it cannot wait for its caller.</summary>
    /// <param name="cancellationToken">When it is cancelled, so are the handlers. They are awaited all the same.</param>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (Current is not { } ending)
            return;
        var stop = EndAsync(ending, cancellationToken);
        if (!ending.IsWithin)
            await stop;
    }

    private async Task EndAsync(TRun ending, CancellationToken cancellationToken)
    {
        await ending.StopAsync(cancellationToken);
        lock (gate)
        {
            if (current == ending)
                current = null;
        }
    }
}

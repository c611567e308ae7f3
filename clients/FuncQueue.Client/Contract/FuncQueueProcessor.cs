using FuncQueue.Client.Processing;
using FuncQueue.Client.Receiving;

namespace FuncQueue.Client;

/// <summary>
/// Runs a handler for each message of a queue: leases ahead, renews leases, acks what the handler finished, gives back what it did not. On
/// FIFO queues the messages of a group run one after the other, and after a failure none of it overtakes the one that failed.
/// </summary>
public class FuncQueueProcessor : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly Func<ProcessorRun> begin = null!;
    private ProcessorRun? run;

    /// <summary>For mocks.</summary>
    protected FuncQueueProcessor()
    {
        QueueName = "";
    }

    internal FuncQueueProcessor(
        QueueReceiving receiving,
        Func<ProcessMessageContext, Task> handler,
        FuncQueueProcessorOptions options,
        ProcessorErrors errors
    )
    {
        QueueName = receiving.Queue;
        begin = () => new ProcessorRun(receiving, handler, options, errors);
    }

    /// <summary>The queue.</summary>
    public virtual string QueueName { get; }

    /// <summary>Whether it was started and not stopped.</summary>
    public virtual bool IsProcessing
    {
        get
        {
            lock (gate)
                return run is not null;
        }
    }

    /// <summary>Begins to receive. After a stop it may be started again.</summary>
    /// <exception cref="InvalidOperationException">It is started.</exception>
    public virtual Task StartAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
        {
            if (run is not null)
                throw new InvalidOperationException("The processor is started already.");
            run = begin();
            run.Start();
        }

        return Task.CompletedTask;
    }

    /// <summary>
    /// Ends the wait for messages at once, gives back those whose handlers have not begun, waits for those that have, and sends their acks.
    /// Called by a handler of this processor, it begins all that and returns, since it cannot wait for its caller.
    /// </summary>
    /// <param name="cancellationToken">When it is cancelled, so are the handlers. They are awaited all the same.</param>
    public virtual async Task StopAsync(CancellationToken cancellationToken = default)
    {
        ProcessorRun? current;
        lock (gate)
            current = run;
        if (current is null)
            return;
        var stop = EndAsync(current, cancellationToken);
        if (!current.IsWithin)
            await stop;
    }

    /// <summary>Receives no more, and gives back those messages whose handlers have not begun. Those that have go on.</summary>
    public virtual Task PauseAsync()
    {
        lock (gate)
            return run?.PauseAsync() ?? Task.CompletedTask;
    }

    /// <summary>Receives again.</summary>
    public virtual void Resume()
    {
        lock (gate)
            run?.Resume();
    }

    /// <summary>Stops it.</summary>
    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await StopAsync();
    }

    private async Task EndAsync(ProcessorRun ending, CancellationToken cancellationToken)
    {
        await ending.StopAsync(cancellationToken);
        lock (gate)
        {
            if (run == ending)
                run = null;
        }
    }
}

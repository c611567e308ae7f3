using FuncQueue.Client.Processing;
using FuncQueue.Client.Running;

namespace FuncQueue.Client;

/// <summary>
/// Runs a handler for each message of a queue: leases ahead, renews leases, acks what the handler finished, gives back what it did not. On
/// FIFO queues the messages of a group run one after the other, and after a failure none of it overtakes the one that failed.
/// </summary>
public class FuncQueueProcessor : IAsyncDisposable
{
    private readonly Restartable<ProcessorRun> runs;

    /// <summary>For mocks.</summary>
    protected FuncQueueProcessor()
    {
        (QueueName, runs) = ("", new("mock", () => throw new NotSupportedException("A mock starts nothing.")));
    }

    internal FuncQueueProcessor(string queue, Func<ProcessorRun> begin)
    {
        (QueueName, runs) = (queue, new("processor", begin));
    }

    /// <summary>The queue.</summary>
    public virtual string QueueName { get; }

    /// <summary>Whether it was started and not stopped.</summary>
    public virtual bool IsProcessing => runs.Current is not null;

    /// <summary>Begins to receive. After a stop it may be started again.</summary>
    /// <exception cref="InvalidOperationException">It is started.</exception>
    public virtual Task StartAsync(CancellationToken cancellationToken = default) => runs.StartAsync(cancellationToken);

    /// <summary>
    /// Ends the wait for messages at once, gives back those whose handlers have not begun, waits for those that have, and sends their acks.
    /// Called by a handler of this processor, it begins all that and returns, since it cannot wait for its caller.
    /// </summary>
    /// <param name="cancellationToken">When it is cancelled, so are the handlers. They are awaited all the same.</param>
    public virtual Task StopAsync(CancellationToken cancellationToken = default) => runs.StopAsync(cancellationToken);

    /// <summary>Receives no more, and gives back those messages whose handlers have not begun. Those that have go on.</summary>
    public virtual Task PauseAsync() => runs.Current?.PauseAsync() ?? Task.CompletedTask;

    /// <summary>Receives again.</summary>
    public virtual void Resume() => runs.Current?.Resume();

    /// <summary>Stops it.</summary>
    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await StopAsync();
    }
}

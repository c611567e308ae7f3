using System.Diagnostics;
using FuncQueue.Client.Transport;

namespace FuncQueue.Client.Running;

/// <summary>
/// What goes on from a start to a stop: rounds that receive, loops beside them, and handlers. From the moment that a stop is asked for no
/// handler begins. The stop waits for those that have begun, and for all else that they left to do.
/// </summary>
internal abstract class Run(TimeProvider time, TimeSpan longestPause)
{
    private static readonly AsyncLocal<Run?> Within = new();

    private readonly CancellationTokenSource stopping = new();
    private readonly CancellationTokenSource ended = new();
    private readonly CancellationTokenSource handlersCancelled = new();
    private readonly HashSet<Task> running = [];
    private Task loops = Task.CompletedTask;
    private Task? stopped;

    /// <summary>Whether the caller is a handler of this run: it would wait for itself.</summary>
    public bool IsWithin => Within.Value == this;

    /// <summary>Guards what decides whether a handler may begin.</summary>
    protected Lock Gate { get; } = new();

    /// <summary>Cancelled when a stop has begun.</summary>
    protected CancellationToken Stopping => stopping.Token;

    /// <summary>Cancelled when whoever stops will not wait any longer.</summary>
    protected CancellationToken HandlersCancelled => handlersCancelled.Token;

    public void Start()
    {
        // What the caller is within, a span or a handler, does not last as long as the loops.
        using (ExecutionContext.SuppressFlow())
            loops = Task.WhenAll([Task.Run(ReceiveUntilStoppedAsync), .. Loops().Select(loop => Task.Run(() => loop(ended.Token)))]);
    }

    /// <summary>Ends the wait of the round, gives back what waits here, awaits the handlers, and settles what they finished.</summary>
    /// <param name="cancellationToken">Cancels the handlers; they are awaited all the same.</param>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        lock (Gate)
        {
            if (stopped is null)
                Close();
            return stopped ??= StopOnceAsync(cancellationToken);
        }
    }

    /// <summary>One round: waits for something to handle, and takes it.</summary>
    protected abstract Task ReceiveAsync();

    /// <summary>What goes on beside the rounds until the last handler has ended.</summary>
    protected abstract IEnumerable<Func<CancellationToken, Task>> Loops();

    /// <summary>The handlers that may begin now. Called under <see cref="Gate"/>, and not after a stop was asked for.</summary>
    protected abstract IEnumerable<Func<Task>> TakeHandlers();

    /// <summary>Tells of something that went wrong. Does not throw.</summary>
    protected abstract Task ReportAsync(FuncQueueErrorSource source, Exception error);

    /// <summary>A stop is asked for. Called under <see cref="Gate"/>.</summary>
    protected virtual void Close() { }

    /// <summary>Gives back what no handler has begun.</summary>
    protected virtual Task GiveBackAsync() => Task.CompletedTask;

    /// <summary>Handlers have ended: waits for what they sent, while the loops go on.</summary>
    protected virtual Task FlushAsync() => Task.CompletedTask;

    /// <summary>All has ended: the last words to the server.</summary>
    protected virtual Task LeaveAsync() => Task.CompletedTask;

    /// <summary>Begins as many handlers as may begin.</summary>
    protected void BeginHandlers()
    {
        lock (Gate)
        {
            if (stopped is not null)
                return;
            foreach (var handleAsync in TakeHandlers())
                Track(() => WithinAsync(handleAsync));
        }
    }

    /// <summary>Runs beside the loops; a stop waits for it.</summary>
    protected void Track(Func<Task> work)
    {
        lock (Gate)
        {
            var task = Task.Run(() => GuardAsync(work));
            running.Add(task);
            task.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private async Task StopOnceAsync(CancellationToken cancellationToken)
    {
        await Task.Yield();
        await using var registration = cancellationToken.Register(handlersCancelled.Cancel);
        await stopping.CancelAsync();
        await GiveBackAsync();
        await WhenNothingRunsAsync();
        await FlushAsync();
        await ended.CancelAsync();
        await loops;
        await LeaveAsync();
        await WhenNothingRunsAsync();
    }

    private async Task WhenNothingRunsAsync()
    {
        while (true)
        {
            Task[] under;
            lock (Gate)
                under = [.. running];
            if (under.Length == 0)
                return;
            await Task.WhenAll(under);
        }
    }

    private async Task ReceiveUntilStoppedAsync()
    {
        var failures = 0;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await ReceiveAsync();
                failures = 0;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested) { }
            catch (Exception error)
            {
                await ReportAsync(FuncQueueErrorSource.Receive, error);
                var pause = Backoff.AfterFailure(failures++, (error as FuncQueueException)?.RetryAfter, longestPause);
                await Task.Delay(pause, time, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task WithinAsync(Func<Task> handleAsync)
    {
        Within.Value = this;
        Activity.Current = null;
        await handleAsync();
    }

    /// <summary>Nothing that a callback of the user's throws ends the run.</summary>
    private async Task GuardAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception error)
        {
            await ReportAsync(FuncQueueErrorSource.Handler, error);
        }
    }

    private void Forget(Task task)
    {
        lock (Gate)
            running.Remove(task);
        BeginHandlers();
    }
}

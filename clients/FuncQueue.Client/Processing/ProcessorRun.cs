using System.Diagnostics;
using FuncQueue.Client.Receiving;
using FuncQueue.Client.Transport;

namespace FuncQueue.Client.Processing;

/// <summary>A processor from its start to its stop: three loops over what it holds.</summary>
internal sealed class ProcessorRun
{
    private static readonly AsyncLocal<ProcessorRun?> Within = new();

    private readonly QueueReceiving receiving;
    private readonly HttpTransport transport;
    private readonly FuncQueueProcessorOptions options;
    private readonly HeldMessages held;
    private readonly LeaseRenewal renewal;
    private readonly HandlerRun handlers;
    private readonly GivingBack givingBack;
    private readonly Signal room = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly CancellationTokenSource ended = new();
    private readonly CancellationTokenSource handlersCancelled = new();
    private readonly Lock gate = new();
    private readonly HashSet<Task> running = [];
    private CancellationTokenSource receivingAllowed = new();
    private bool paused;
    private bool stopAsked;
    private Task loops = Task.CompletedTask;
    private Task? stopped;

    public ProcessorRun(
        QueueReceiving receiving,
        Func<ProcessMessageContext, Task> handler,
        FuncQueueProcessorOptions options,
        ProcessorErrors errors
    )
    {
        (this.receiving, this.options, transport) = (receiving, options, receiving.Transport);
        Errors = errors;
        held = new(options.LeaseDuration, options.MaxConcurrency, options.PrefetchCount);
        givingBack = new(receiving, errors, Settled);
        handlers = new(receiving, handler, options, held, givingBack, errors, Settled, handlersCancelled.Token);
        renewal = new(
            held,
            receiving,
            options.LeaseDuration,
            Lose,
            failure => Track(() => errors.ReportAsync(FuncQueueErrorSource.Renew, failure, null)),
            BeginHandlers
        );
    }

    private ProcessorErrors Errors { get; }

    /// <summary>Whether the caller is a handler of this processor: it would wait for itself.</summary>
    public bool IsWithin => Within.Value == this;

    public void Start()
    {
        // What the caller is within, a span or a handler, does not last as long as the loops.
        using (ExecutionContext.SuppressFlow())
            loops = Task.WhenAll(Task.Run(ReceiveAsync), Task.Run(() => renewal.RunAsync(ended.Token)));
    }

    public async Task PauseAsync()
    {
        CancellationTokenSource under;
        lock (gate)
        {
            paused = true;
            under = receivingAllowed;
        }

        await under.CancelAsync();
        await givingBack.ReleaseAsync(held.TakeWaiting());
    }

    public void Resume()
    {
        lock (gate)
        {
            if (!paused)
                return;
            (paused, receivingAllowed) = (false, new CancellationTokenSource());
        }

        room.Set();
    }

    /// <summary>Ends the long poll, gives back what waits, awaits the handlers, sends their acks.</summary>
    /// <param name="cancellationToken">Cancels the handlers; they are awaited all the same.</param>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            // From here on no handler begins, also where the caller is one and returns.
            stopAsked = true;
            return stopped ??= StopOnceAsync(cancellationToken);
        }
    }

    private async Task StopOnceAsync(CancellationToken cancellationToken)
    {
        await Task.Yield();
        await using var registration = cancellationToken.Register(handlersCancelled.Cancel);
        await stopping.CancelAsync();
        await givingBack.ReleaseAsync(held.TakeWaiting());
        while (true)
        {
            Task[] under;
            lock (gate)
                under = [.. running];
            if (under.Length == 0)
                break;
            await Task.WhenAll(under);
        }

        await receiving.Settle.WhenIdleAsync();
        await ended.CancelAsync();
        await loops;
    }

    private async Task ReceiveAsync()
    {
        var failures = 0;
        while (!stopping.IsCancellationRequested)
        {
            CancellationToken allowed;
            lock (gate)
                allowed = paused ? new CancellationToken(true) : receivingAllowed.Token;
            var wanted = allowed.IsCancellationRequested ? 0 : held.Room;
            try
            {
                if (wanted == 0)
                {
                    await room.WaitAsync(Timeout.InfiniteTimeSpan, transport.Time, stopping.Token);
                    continue;
                }

                using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token, allowed);
                var messages = await receiving.DequeueAsync(wanted, options.ReceiveWait, options.LeaseDuration, false, either.Token);
                failures = 0;
                await TakeAsync([.. messages.Select(message => new HeldMessage(message))], either.Token);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested || allowed.IsCancellationRequested) { }
            catch (Exception error)
            {
                await Errors.ReportAsync(FuncQueueErrorSource.Receive, error, null);
                await PauseAsync(failures++, error as FuncQueueException);
            }
        }
    }

    private async Task TakeAsync(IReadOnlyList<HeldMessage> messages, CancellationToken allowed)
    {
        held.Add(messages);
        renewal.LookAgain();
        if (allowed.IsCancellationRequested)
            await givingBack.ReleaseAsync(held.TakeWaiting());
        else
            BeginHandlers();
    }

    /// <summary>As many as may begin.</summary>
    private void BeginHandlers()
    {
        lock (gate)
        {
            while (!stopAsked && !paused && held.TakeNext(transport.Now) is { } next)
                Track(() => HandleAsync(next));
        }
    }

    /// <summary>Runs beside the loops; a stop waits for it.</summary>
    private void Track(Func<Task> work)
    {
        lock (gate)
        {
            var task = Task.Run(work);
            running.Add(task);
            task.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private async Task HandleAsync(HeldMessage message)
    {
        Within.Value = this;
        Activity.Current = null;
        try
        {
            await handlers.RunAsync(message, BeginHandlers);
        }
        catch (Exception error)
        {
            await Errors.ReportAsync(FuncQueueErrorSource.Handler, error, message.Message);
            Settled(message);
        }
    }

    private void Forget(Task task)
    {
        lock (gate)
            running.Remove(task);
        BeginHandlers();
    }

    private void Settled(HeldMessage message)
    {
        held.Remove(message);
        room.Set();
    }

    /// <summary>A lease is gone: its handler learns of it, and what waits is not handled; nor is what is behind it in its group.</summary>
    private void Lose(HeldMessage message)
    {
        if (message.IsLost)
            return;
        message.Lose();
        if (held.RemoveWaiting(message))
            room.Set();
        var behind = message.Message.GroupId is { } group ? held.TakeGroup(group) : [];
        // Not here: renewals do not wait for a callback or a request.
        Track(async () =>
        {
            await Errors.LostAsync(message.Message);
            await givingBack.ReleaseAsync(behind);
        });
    }

    private async Task PauseAsync(int failures, FuncQueueException? failure)
    {
        var pause = options.MaxReceiveBackoff.TotalMilliseconds;
        var wait = Math.Min(pause, 500 * Math.Pow(2, Math.Min(failures, 20)));
        // Processors that failed together come back one after the other.
        var jittered = TimeSpan.FromMilliseconds(wait * (0.5 + Random.Shared.NextDouble() / 2));
        if (failure?.RetryAfter is { } asked && asked > jittered && asked <= options.MaxReceiveBackoff)
            jittered = asked;
        try
        {
            await Task.Delay(jittered, transport.Time, stopping.Token);
        }
        catch (OperationCanceledException) { }
    }
}

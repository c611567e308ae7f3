using FuncQueue.Client.Receiving;
using FuncQueue.Client.Running;
using FuncQueue.Client.Transport;

namespace FuncQueue.Client.Processing;

/// <summary>A processor from its start to its stop: what it receives, renews, handles and gives back.</summary>
internal sealed class ProcessorRun : Run
{
    private readonly QueueReceiving receiving;
    private readonly HttpTransport transport;
    private readonly FuncQueueProcessorOptions options;
    private readonly ProcessorErrors errors;
    private readonly HeldMessages held;
    private readonly LeaseRenewal renewal;
    private readonly HandlerRun handlers;
    private readonly GivingBack givingBack;
    private readonly Signal room = new();
    private CancellationTokenSource receivingAllowed = new();
    private bool paused;

    public ProcessorRun(
        QueueReceiving receiving,
        Func<ProcessMessageContext, Task> handler,
        FuncQueueProcessorOptions options,
        ProcessorErrors errors
    )
        : base(receiving.Transport.Time, options.MaxReceiveBackoff)
    {
        (this.receiving, this.options, this.errors, transport) = (receiving, options, errors, receiving.Transport);
        held = new(options.LeaseDuration, options.MaxConcurrency, options.PrefetchCount);
        givingBack = new(receiving, errors, Settled);
        handlers = new(receiving, handler, options, held, givingBack, errors, Settled, HandlersCancelled);
        renewal = new(
            held,
            receiving,
            options.LeaseDuration,
            Lose,
            failure => Track(() => ReportAsync(FuncQueueErrorSource.Renew, failure)),
            BeginHandlers
        );
    }

    public async Task PauseAsync()
    {
        CancellationTokenSource under;
        lock (Gate)
        {
            paused = true;
            under = receivingAllowed;
        }

        await under.CancelAsync();
        await GiveBackAsync();
    }

    public void Resume()
    {
        lock (Gate)
        {
            if (!paused)
                return;
            (paused, receivingAllowed) = (false, new CancellationTokenSource());
        }

        room.Set();
    }

    protected override async Task ReceiveAsync()
    {
        CancellationToken allowed;
        lock (Gate)
            allowed = paused ? new CancellationToken(true) : receivingAllowed.Token;
        var wanted = allowed.IsCancellationRequested ? 0 : held.Room;
        if (wanted == 0)
        {
            await room.WaitAsync(Timeout.InfiniteTimeSpan, transport.Time, Stopping);
            return;
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(Stopping, allowed);
        try
        {
            var messages = await receiving.DequeueAsync(wanted, options.ReceiveWait, options.LeaseDuration, false, either.Token);
            held.Add(messages.Select(message => new HeldMessage(message)));
            renewal.LookAgain();
            if (either.IsCancellationRequested)
                await GiveBackAsync();
            else
                BeginHandlers();
        }
        catch (OperationCanceledException) when (allowed.IsCancellationRequested) { }
    }

    protected override IEnumerable<Func<CancellationToken, Task>> Loops() => [renewal.RunAsync];

    protected override IEnumerable<Func<Task>> TakeHandlers()
    {
        while (!paused && held.TakeNext(transport.Now) is { } next)
            yield return () => HandleAsync(next);
    }

    protected override Task ReportAsync(FuncQueueErrorSource source, Exception error) => errors.ReportAsync(source, error, null);

    protected override Task GiveBackAsync() => givingBack.ReleaseAsync(held.TakeWaiting());

    protected override Task FlushAsync() => receiving.Settle.WhenIdleAsync();

    private async Task HandleAsync(HeldMessage message)
    {
        try
        {
            await handlers.RunAsync(message, BeginHandlers);
        }
        catch (Exception error)
        {
            await errors.ReportAsync(FuncQueueErrorSource.Handler, error, message.Message);
            Settled(message);
        }
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
        var told = message.LoseAsync();
        if (held.RemoveWaiting(message))
            room.Set();
        var behind = message.Message.GroupId is { } group ? held.TakeGroup(group) : [];
        // Not here: renewals do not wait for a callback or a request.
        Track(async () =>
        {
            await errors.LostAsync(message.Message);
            await givingBack.ReleaseAsync(behind);
            await told;
        });
    }
}

using FuncQueue.Client.Receiving;
using FuncQueue.Client.Telemetry;

namespace FuncQueue.Client.Processing;

/// <summary>One message's way through its handler.</summary>
internal sealed class HandlerRun(
    QueueReceiving receiving,
    Func<ProcessMessageContext, Task> handler,
    FuncQueueProcessorOptions options,
    HeldMessages held,
    GivingBack givingBack,
    ProcessorErrors errors,
    Action<HeldMessage> settled,
    CancellationToken cancelled
)
{
    /// <summary>Runs the handler and settles the message; calls back as soon as another handler may begin.</summary>
    public async Task RunAsync(HeldMessage message, Action beginNext)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(message.Lost, cancelled);
        if (!await LoadAsync(message, either.Token))
            return;
        if (!held.MayBegin(message, receiving.Transport.Now))
        {
            // Loading the body took long; the renewal that is due brings it here again.
            if (message.IsLost)
                Drop(message, beginNext);
            else
                held.PutBack(message);
            return;
        }

        var context = new ProcessMessageContext(receiving, message.Message, message.Lost, either.Token);
        var error = await HandleAsync(context);
        var succeeded = error is null && context.Given is null or GivenVerdict.Ack;
        held.Ended(message, succeeded);
        beginNext();
        // Those behind it first: it may go out again at once, and they must not be out then.
        if (!succeeded && message.Message.GroupId is { } behind)
            await givingBack.ReleaseAsync(held.TakeGroup(behind));
        if (error is OperationCanceledException && cancelled.IsCancellationRequested)
            await givingBack.ReleaseAsync(message);
        else
            await SettleAsync(message, context, error);
        if (!succeeded && message.Message.GroupId is { } group)
            held.FreeGroup(group);
        beginNext();
    }

    private async Task<bool> LoadAsync(HeldMessage message, CancellationToken cancellationToken)
    {
        if (!options.LoadBodies || message.Message.IsBodyLoaded)
            return true;
        try
        {
            await receiving.LoadAsync([message.Message], cancellationToken);
            return true;
        }
        catch (Exception error) when (error is FuncQueueException or OperationCanceledException or HttpRequestException or IOException)
        {
            if (error is not OperationCanceledException)
                await errors.ReportAsync(FuncQueueErrorSource.Receive, error, message.Message);
            held.Ended(message, succeeded: false);
            if (message.Message.GroupId is { } behind)
                await givingBack.ReleaseAsync(held.TakeGroup(behind));
            // Counted: a body that cannot be read must not come round for ever.
            await SettleAsync(message, () => receiving.Settle.NackAsync(message.Receipt, null, "body-unreadable", CancellationToken.None));
            if (message.Message.GroupId is { } group)
                held.FreeGroup(group);
            return false;
        }
    }

    private void Drop(HeldMessage message, Action beginNext)
    {
        held.Ended(message, succeeded: true);
        settled(message);
        beginNext();
    }

    private async Task<Exception?> HandleAsync(ProcessMessageContext context)
    {
        var began = receiving.Transport.Now;
        using var span = ClientTelemetry.StartProcess(receiving.Queue, context.Message);
        Exception? error = null;
        try
        {
            await handler(context);
        }
        catch (Exception thrown)
        {
            error = thrown;
        }

        ClientTelemetry.Processed(span, receiving.Queue, receiving.Transport.Now - began, error);
        return error;
    }

    private async Task SettleAsync(HeldMessage message, ProcessMessageContext context, Exception? error)
    {
        if (error is not null && !(error is OperationCanceledException && message.IsLost))
            await errors.ReportAsync(FuncQueueErrorSource.Handler, error, message.Message);
        var settle = receiving.Settle;
        var receipt = message.Receipt;
        if (context.Given is { } given)
        {
            await SettleAsync(
                message,
                () =>
                    given switch
                    {
                        GivenVerdict.Ack => settle.AckAsync(receipt, CancellationToken.None),
                        GivenVerdict.Nack => settle.NackAsync(receipt, context.NackDelay, context.Reason, CancellationToken.None),
                        GivenVerdict.DeadLetter => settle.DeadLetterAsync(receipt, context.Reason, CancellationToken.None),
                        _ => settle.ReleaseAsync(receipt, CancellationToken.None),
                    }
            );
        }
        else if (error is null)
            await SettleAsync(message, () => settle.AckAsync(receipt, CancellationToken.None));
        else if (message.IsLost)
            settled(message);
        else
            await SettleAsync(message, () => settle.NackAsync(receipt, null, options.FailureReason(error), CancellationToken.None));
    }

    private async Task SettleAsync(HeldMessage message, Func<Task<Settled>> settleAsync)
    {
        message.IsSettling = true;
        try
        {
            var result = await settleAsync();
            if (result.Status != SettleStatus.Ok)
                await errors.NotSettledAsync(message.Message, result.Status);
        }
        catch (FuncQueueException failure)
        {
            await errors.ReportAsync(FuncQueueErrorSource.Settle, failure, message.Message);
        }
        finally
        {
            settled(message);
        }
    }
}

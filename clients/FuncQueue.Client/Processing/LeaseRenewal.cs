using FuncQueue.Client.Receiving;
using FuncQueue.Client.Running;
using FuncQueue.Client.Transport;

namespace FuncQueue.Client.Processing;

/// <summary>Renews all leases of a processor, up to 100 in a request, and notices those that are lost.</summary>
internal sealed class LeaseRenewal(
    HeldMessages held,
    QueueReceiving receiving,
    TimeSpan lease,
    Action<HeldMessage> onLost,
    Action<Exception> onError,
    Action onRenewed
)
{
    private const int MaxReceipts = 100;

    private readonly Signal signal = new();
    private readonly HttpTransport transport = receiving.Transport;
    private TimeSpan notBefore;

    /// <summary>There are new leases.</summary>
    public void LookAgain() => signal.Set();

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Task? renewing = null;
        while (!cancellationToken.IsCancellationRequested)
        {
            foreach (var message in held.Expired(transport.Now))
                onLost(message);
            if (renewing?.IsCompleted == true)
            {
                await renewing;
                renewing = null;
            }

            if (renewing is null && transport.Now >= notBefore && held.Due(transport.Now) is { Count: > 0 } due)
                renewing = RenewAsync(due, cancellationToken);
            try
            {
                await signal.WaitAsync(Pause(renewing is not null), transport.Time, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested) { }
        }

        if (renewing is not null)
            await renewing;
    }

    private TimeSpan Pause(bool renewing)
    {
        if (held.NextLook(renewing) is not { } next)
            return Timeout.InfiniteTimeSpan;
        var now = transport.Now;
        if (!renewing && next < notBefore)
            next = notBefore;
        // Timers count in milliseconds: not a spin in front of the instant.
        return next <= now + TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : next - now;
    }

    private async Task RenewAsync(IReadOnlyList<HeldMessage> due, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var some in due.Chunk(MaxReceipts))
            {
                var results = await receiving.Settle.ExtendAsync([.. some.Select(m => m.Receipt)], lease, cancellationToken);
                foreach (var (message, result) in some.Zip(results))
                {
                    // What is being settled is gone by now, as it should be.
                    if (result.Status == SettleStatus.Ok)
                        held.Renewed(message, result.SentAt + lease);
                    else if (!message.IsSettling)
                        onLost(message);
                }
            }

            onRenewed();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested) { }
        catch (FuncQueueException failure)
        {
            notBefore = transport.Now + lease / 20;
            onError(failure);
        }
        finally
        {
            signal.Set();
        }
    }
}

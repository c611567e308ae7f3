using FuncQueue.Client.Receiving;

namespace FuncQueue.Client.Processing;

/// <summary>Gives messages back as if they had not been delivered.</summary>
internal sealed class GivingBack(QueueReceiving receiving, ProcessorErrors errors, Action<HeldMessage> settled)
{
    private volatile bool serverReleases = true;

    public Task ReleaseAsync(IReadOnlyList<HeldMessage> messages) => Task.WhenAll(messages.Select(ReleaseAsync));

    public async Task ReleaseAsync(HeldMessage message)
    {
        try
        {
            message.IsSettling = true;
            if (!message.IsLost)
                await TryAsync(message.Receipt);
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

    private async Task TryAsync(string receipt)
    {
        if (serverReleases)
        {
            try
            {
                await receiving.Settle.ReleaseAsync(receipt, CancellationToken.None);
                return;
            }
            catch (FuncQueueException failure) when (failure.Reason == FuncQueueErrorReason.NotFound)
            {
                // A server from before releases: the delivery counts, but nobody waits for the lease to end.
                serverReleases = false;
            }
        }

        await receiving.Settle.NackAsync(receipt, TimeSpan.Zero, null, CancellationToken.None);
    }
}

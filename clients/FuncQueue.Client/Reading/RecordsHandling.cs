using FuncQueue.Client.Telemetry;
using FuncQueue.Client.Transport;

namespace FuncQueue.Client.Reading;

/// <summary>The way of records through their handler.</summary>
internal sealed class RecordsHandling(
    GroupCalls calls,
    Func<ProcessRecordsContext, Task> handler,
    FuncQueueGroupReaderOptions options,
    HeldPartitions held,
    ReaderErrors errors,
    CancellationToken cancelled
)
{
    /// <summary>How often a pause looks at whether it is still worth it.</summary>
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(500);

    /// <summary>Handles what is in hand, again and again until it succeeds; false: it is left to whoever reads next.</summary>
    public async Task<bool> RunAsync(HeldPartition partition)
    {
        var records = partition.InHand;
        for (var attempt = 1; ; attempt++)
        {
            var error = await HandleAsync(partition, records, attempt);
            if (error is null)
                return true;
            var isCancelled = error is OperationCanceledException && (cancelled.IsCancellationRequested || partition.IsGone);
            if (!isCancelled)
                await errors.ReportAsync(FuncQueueErrorSource.Handler, error, partition.Partition, records);
            if (!await PauseAsync(partition, attempt))
                return false;
        }
    }

    private async Task<Exception?> HandleAsync(HeldPartition partition, IReadOnlyList<TopicRecord> records, int attempt)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(partition.Fenced, cancelled);
        var began = calls.Transport.Now;
        using var span = ClientTelemetry.StartProcess(calls.Topic, records);
        Exception? error = null;
        try
        {
            if (options.LoadBodies)
                await calls.LoadAsync(partition.Partition, records, either.Token);
            await handler(
                new ProcessRecordsContext(calls.Topic, calls.Group, partition.Partition, records, either.Token)
                {
                    Attempt = attempt,
                    Fenced = partition.Fenced,
                }
            );
        }
        catch (Exception thrown)
        {
            error = thrown;
        }

        ClientTelemetry.Processed(span, calls.Topic, calls.Transport.Now - began, error);
        return error;
    }

    /// <summary>False: the records are to go to another, or nothing is begun any more.</summary>
    private async Task<bool> PauseAsync(HeldPartition partition, int attempt)
    {
        var end = calls.Transport.Now + Backoff.Doubled(options.RetryDelay, attempt - 1, options.MaxRetryDelay);
        while (held.MayGoOn(partition) && !cancelled.IsCancellationRequested)
        {
            var left = end - calls.Transport.Now;
            if (left <= TimeSpan.Zero)
                return true;
            await Task.Delay(left < Slice ? left : Slice, calls.Transport.Time, CancellationToken.None);
        }

        return false;
    }
}

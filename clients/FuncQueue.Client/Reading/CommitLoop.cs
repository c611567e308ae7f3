using FuncQueue.Client.Running;

namespace FuncQueue.Client.Reading;

/// <summary>Commits what was handled: all partitions in one request, one request at a time, no more often than the interval says.</summary>
internal sealed class CommitLoop(
    GroupCalls calls,
    FuncQueueGroupReaderOptions options,
    HeldPartitions held,
    ReaderErrors errors,
    Action committed,
    Action<HeldPartition> fence
)
{
    private readonly Signal handled = new();
    private readonly Signal urgent = new();

    /// <summary>There may be something to commit.</summary>
    /// <param name="isUrgent">Another member waits for it.</param>
    public void LookAgain(bool isUrgent = false)
    {
        handled.Set();
        if (isUrgent)
            urgent.Set();
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await handled.WaitAsync(Timeout.InfiniteTimeSpan, calls.Transport.Time, cancellationToken);
                if (held.ToCommit().Count == 0)
                    continue;
                if (!await CommitAsync())
                {
                    // The next handler that ends would bring it here again, and so does this.
                    await Task.Delay(options.RetryDelay, calls.Transport.Time, cancellationToken);
                    handled.Set();
                }
                else if (options.CommitInterval > TimeSpan.Zero)
                    await urgent.WaitAsync(options.CommitInterval, calls.Transport.Time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested) { }
    }

    /// <summary>Commits all that was handled and is not committed; false: that failed.</summary>
    public async Task<bool> CommitAsync()
    {
        var all = held.ToCommit();
        if (all.Count == 0)
            return true;
        try
        {
            var statuses = await calls.CommitAsync(all.ConvertAll(entry => entry.Token), CancellationToken.None);
            foreach (var ((partition, _, offset), status) in all.Zip(statuses))
            {
                if (held.Committed(partition, offset, status))
                    fence(partition);
            }

            committed();
            return true;
        }
        catch (Exception failure)
        {
            await errors.ReportAsync(FuncQueueErrorSource.Settle, failure);
            return false;
        }
    }
}

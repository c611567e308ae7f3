using System.Diagnostics;

namespace FuncQueue.Client.Transport;

/// <summary>
/// Brings concurrent calls together: what waits while a request is under way goes with the next one. Nothing is delayed; a further request
/// begins beside it only where a full one waits.
/// </summary>
internal sealed class Coalescer<TItem, TResult>(
    int maxItems,
    long maxBytes,
    int maxUnderWay,
    Func<IReadOnlyList<Coalesced<TItem, TResult>>, Task> sendAsync
)
{
    private readonly Lock gate = new();
    private readonly LinkedList<Coalesced<TItem, TResult>> waiting = [];
    private long waitingBytes;
    private int underWay;
    private TaskCompletionSource? idle;

    /// <summary>Adds an item and waits for what becomes of it. Cancelled, it is not sent if it has not been yet.</summary>
    public async Task<TResult> AddAsync(TItem item, long bytes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var entry = new Coalesced<TItem, TResult>(item, bytes);
        lock (gate)
        {
            waiting.AddLast(entry);
            waitingBytes += bytes;
        }

        SendWhatMay();
        try
        {
            return await entry.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Withdraw(entry);
            throw;
        }
    }

    /// <summary>Completes when nothing waits and nothing is under way.</summary>
    public Task WhenIdleAsync()
    {
        lock (gate)
        {
            if (underWay == 0 && waiting.Count == 0)
                return Task.CompletedTask;
            idle ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            return idle.Task;
        }
    }

    private void Withdraw(Coalesced<TItem, TResult> entry)
    {
        lock (gate)
        {
            if (waiting.Remove(entry))
                waitingBytes -= entry.Bytes;
        }
    }

    private void SendWhatMay()
    {
        while (Take() is { } batch)
            _ = SendAsync(batch);
    }

    private List<Coalesced<TItem, TResult>>? Take()
    {
        lock (gate)
        {
            var full = waiting.Count >= maxItems || waitingBytes >= maxBytes;
            if (waiting.Count == 0 || (underWay > 0 && (!full || underWay >= maxUnderWay)))
                return null;
            var batch = new List<Coalesced<TItem, TResult>>(Math.Min(waiting.Count, maxItems));
            long bytes = 0;
            while (waiting.First is { } first && batch.Count < maxItems && (batch.Count == 0 || bytes + first.Value.Bytes <= maxBytes))
            {
                waiting.RemoveFirst();
                batch.Add(first.Value);
                bytes += first.Value.Bytes;
            }

            waitingBytes -= bytes;
            underWay++;
            return batch;
        }
    }

    private async Task SendAsync(List<Coalesced<TItem, TResult>> batch)
    {
        // A request of many belongs to no caller's trace; it is linked to theirs.
        Activity.Current = null;
        try
        {
            await sendAsync(batch);
        }
        catch (Exception error)
        {
            foreach (var entry in batch)
                entry.Fail(error);
        }

        foreach (var entry in batch.Where(entry => !entry.Task.IsCompleted))
            entry.Fail(new InvalidOperationException("A message of a batch was left without an answer."));
        // Whoever was answered and calls again at once is part of the next request, not of the one behind it.
        await Task.Yield();
        lock (gate)
        {
            underWay--;
            if (underWay == 0 && waiting.Count == 0)
            {
                idle?.TrySetResult();
                idle = null;
            }
        }

        SendWhatMay();
    }
}

/// <summary>An item that waits for its result.</summary>
internal sealed class Coalesced<TItem, TResult>(TItem item, long bytes)
{
    private readonly TaskCompletionSource<TResult> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TItem Item => item;

    public long Bytes => bytes;

    public Task<TResult> Task => completion.Task;

    public void Complete(TResult result) => completion.TrySetResult(result);

    public void Fail(Exception error) => completion.TrySetException(error);
}

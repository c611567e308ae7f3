using FuncQueue.Client.Processing;
using FuncQueue.Client.Transport;

namespace FuncQueue.Client.Reading;

/// <summary>A group reader from its start to its stop: loops that read, commit and watch over leases, and a handler a partition.</summary>
internal sealed class ReaderRun
{
    private static readonly AsyncLocal<ReaderRun?> Within = new();

    private readonly GroupCalls calls;
    private readonly HttpTransport transport;
    private readonly string member;
    private readonly FuncQueueGroupReaderOptions options;
    private readonly ReaderErrors errors;
    private readonly HeldPartitions held;
    private readonly RecordsHandling handling;
    private readonly CommitLoop commits;
    private readonly Signal changed = new();
    private readonly Signal renewed = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly CancellationTokenSource ended = new();
    private readonly CancellationTokenSource handlersCancelled = new();
    private readonly Lock gate = new();
    private readonly HashSet<Task> running = [];
    private Task loops = Task.CompletedTask;
    private Task? stopped;

    public ReaderRun(
        GroupCalls calls,
        string member,
        Func<ProcessRecordsContext, Task> handler,
        FuncQueueGroupReaderOptions options,
        ReaderErrors errors
    )
    {
        (this.calls, this.member, this.options, this.errors, transport) = (calls, member, options, errors, calls.Transport);
        held = new(member, options);
        handling = new(calls, handler, options, held, errors, handlersCancelled.Token);
        commits = new(calls, options, held, errors, changed.Set, Fence);
    }

    public IReadOnlyList<int> Partitions => held.Partitions;

    /// <summary>Whether the caller is a handler of this reader: it would wait for itself.</summary>
    public bool IsWithin => Within.Value == this;

    public void Start()
    {
        // What the caller is within, a span or a handler, does not last as long as the loops.
        using (ExecutionContext.SuppressFlow())
            loops = Task.WhenAll(Task.Run(ReadAsync), Task.Run(() => commits.RunAsync(ended.Token)), Task.Run(WatchAsync));
    }

    /// <summary>Ends the long poll, awaits the handlers, commits, leaves.</summary>
    /// <param name="cancellationToken">Cancels the handlers; they are awaited all the same.</param>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        // From here on no handler begins, also where the caller is one and returns.
        held.Close();
        lock (gate)
            return stopped ??= StopOnceAsync(cancellationToken);
    }

    private async Task StopOnceAsync(CancellationToken cancellationToken)
    {
        await Task.Yield();
        await using var registration = cancellationToken.Register(handlersCancelled.Cancel);
        await stopping.CancelAsync();
        while (true)
        {
            Task[] under;
            lock (gate)
                under = [.. running];
            if (under.Length == 0)
                break;
            await Task.WhenAll(under);
        }

        await ended.CancelAsync();
        await loops;
        await commits.CommitAsync();
        try
        {
            await calls.LeaveAsync(member, CancellationToken.None);
        }
        catch (FuncQueueException failure)
        {
            // Its partitions are free when the leases end.
            await errors.ReportAsync(FuncQueueErrorSource.Settle, failure);
        }
    }

    private async Task ReadAsync()
    {
        var failures = 0;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (held.Plan(transport.Now, out var pause) is not { } planned)
                {
                    await changed.WaitAsync(pause, transport.Time, stopping.Token);
                    continue;
                }

                var answer = await calls.ReadAsync(planned.Read, stopping.Token);
                failures = 0;
                held.Take(planned, answer).ForEach(Fence);
                renewed.Set();
                foreach (var skipped in answer.Value.Skipped ?? [])
                    await errors.SkippedAsync(skipped);
                BeginHandlers();
                commits.LookAgain();
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested) { }
            catch (Exception error)
            {
                await errors.ReportAsync(FuncQueueErrorSource.Receive, error);
                await PauseAsync(failures++, (error as FuncQueueException)?.RetryAfter);
            }
        }
    }

    /// <summary>A partition whose lease was not renewed in time may be another's already: its handler learns of it.</summary>
    private async Task WatchAsync()
    {
        try
        {
            while (true)
            {
                held.RemoveEnded(transport.Now).ForEach(Fence);
                var wait = held.EarliestEnd is { } end ? end - transport.Now : Timeout.InfiniteTimeSpan;
                if (wait == Timeout.InfiniteTimeSpan || wait > TimeSpan.Zero)
                    await renewed.WaitAsync(wait, transport.Time, ended.Token);
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested) { }
    }

    private void BeginHandlers()
    {
        foreach (var partition in held.Begin(transport.Now))
            Track(() => HandleAsync(partition));
    }

    private async Task HandleAsync(HeldPartition partition)
    {
        Within.Value = this;
        System.Diagnostics.Activity.Current = null;
        var isDone = false;
        try
        {
            isDone = await handling.RunAsync(partition);
        }
        finally
        {
            held.End(partition, isDone);
            commits.LookAgain(isUrgent: partition.IsWanted);
            changed.Set();
        }
    }

    private void Fence(HeldPartition partition) =>
        Track(async () =>
        {
            var records = partition.InHand;
            partition.Fence();
            await errors.FencedAsync(partition.Partition, records);
        });

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

    private void Forget(Task task)
    {
        lock (gate)
            running.Remove(task);
        BeginHandlers();
    }

    private async Task PauseAsync(int failures, TimeSpan? asked)
    {
        var wait = Math.Min(options.MaxRetryDelay.TotalMilliseconds, 500 * Math.Pow(2, Math.Min(failures, 20)));
        // Readers that failed together come back one after the other.
        var jittered = TimeSpan.FromMilliseconds(wait * (0.5 + Random.Shared.NextDouble() / 2));
        if (asked > jittered && asked <= options.MaxRetryDelay)
            jittered = asked.Value;
        try
        {
            await Task.Delay(jittered, transport.Time, stopping.Token);
        }
        catch (OperationCanceledException) { }
    }
}

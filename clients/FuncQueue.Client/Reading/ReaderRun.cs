using FuncQueue.Client.Running;
using FuncQueue.Client.Transport;

namespace FuncQueue.Client.Reading;

/// <summary>A group reader from its start to its stop: loops that read, commit and watch over leases, and a handler a partition.</summary>
internal sealed class ReaderRun : Run
{
    private readonly GroupCalls calls;
    private readonly HttpTransport transport;
    private readonly string member;
    private readonly ReaderErrors errors;
    private readonly HeldPartitions held;
    private readonly RecordsHandling handling;
    private readonly CommitLoop commits;
    private readonly Signal changed = new();
    private readonly Signal renewed = new();

    public ReaderRun(
        GroupCalls calls,
        string member,
        Func<ProcessRecordsContext, Task> handler,
        FuncQueueGroupReaderOptions options,
        ReaderErrors errors
    )
        : base(calls.Transport.Time, options.MaxRetryDelay)
    {
        (this.calls, this.member, this.errors, transport) = (calls, member, errors, calls.Transport);
        held = new(member, options);
        handling = new(calls, handler, options, held, errors, HandlersCancelled);
        commits = new(calls, options, held, errors, changed.Set, Fence);
    }

    public IReadOnlyList<int> Partitions => held.Partitions;

    protected override async Task ReceiveAsync()
    {
        if (held.Plan(transport.Now, out var pause) is not { } planned)
        {
            await changed.WaitAsync(pause, transport.Time, Stopping);
            return;
        }

        var answer = await calls.ReadAsync(planned.Read, Stopping);
        held.Take(planned, answer).ForEach(Fence);
        renewed.Set();
        foreach (var skipped in answer.Value.Skipped ?? [])
            await errors.SkippedAsync(skipped);
        BeginHandlers();
        commits.LookAgain();
    }

    protected override IEnumerable<Func<CancellationToken, Task>> Loops() => [commits.RunAsync, WatchAsync];

    protected override IEnumerable<Func<Task>> TakeHandlers()
    {
        foreach (var partition in held.Begin(transport.Now))
            yield return () => HandleAsync(partition);
    }

    protected override Task ReportAsync(FuncQueueErrorSource source, Exception error) => errors.ReportAsync(source, error);

    protected override void Close() => held.Close();

    protected override async Task LeaveAsync()
    {
        await commits.CommitAsync();
        try
        {
            await calls.LeaveAsync(member, CancellationToken.None);
        }
        catch (FuncQueueException failure) when (failure.Reason == FuncQueueErrorReason.TopicNotFound)
        {
            // There is nothing to leave.
        }
        catch (FuncQueueException failure)
        {
            // Its partitions are free when the leases end.
            await errors.ReportAsync(FuncQueueErrorSource.Settle, failure);
        }
    }

    /// <summary>A partition whose lease was not renewed in time may be another's already: its handler learns of it.</summary>
    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                held.RemoveEnded(transport.Now).ForEach(Fence);
                var wait = held.EarliestEnd is { } end ? end - transport.Now : Timeout.InfiniteTimeSpan;
                if (wait == Timeout.InfiniteTimeSpan || wait > TimeSpan.Zero)
                    await renewed.WaitAsync(wait, transport.Time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested) { }
    }

    private async Task HandleAsync(HeldPartition partition)
    {
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

    private void Fence(HeldPartition partition)
    {
        var records = partition.InHand;
        // Not here: nobody waits for a callback.
        var told = partition.FenceAsync();
        Track(async () =>
        {
            await errors.FencedAsync(partition.Partition, records);
            await told;
        });
    }
}

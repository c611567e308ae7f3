using FuncQueue.Benchmarks.Contenders;
using FuncQueue.Benchmarks.Workers;

namespace FuncQueue.Benchmarks.Loads;

/// <summary>Producers and consumers that each wait for one call before they make the next.</summary>
internal sealed class CallersLoad(IContender contender, WorkerOrder order, Bodies bodies)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Latencies enqueues = new();
    private readonly Latencies ackLatencies = new();
    private readonly SemaphoreSlim room = new(order.Load == LoadKind.Life ? Math.Max(0, order.Backlog - order.Stored) : int.MaxValue);
    private readonly TaskCompletionSource drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long sent;
    private long acked;
    private volatile bool over;

    public async Task<Measurement> RunAsync(IAcks acks)
    {
        using var end = new CancellationTokenSource();
        var (before, start) = (contender.Use, TimeProvider.System.GetTimestamp());
        var callers = Enumerable
            .Range(0, order.Load == LoadKind.Drain ? 0 : order.Producers)
            .Select(n => ProduceAsync(n, end.Token))
            .Concat(Enumerable.Range(0, order.Consumers).Select(_ => ConsumeAsync(acks, end.Token)))
            .ToList();
        var time = Task.Delay(TimeSpan.FromSeconds(order.Seconds), TimeProvider.System, end.Token);
        await Task.WhenAny([time, drained.Task, .. callers]);
        // On a machine with other things to do, a short time may be too short for anything.
        while (
            Messages == 0
            && order.Load != LoadKind.Drain
            && TimeProvider.System.GetElapsedTime(start) < Patience
            && !callers.Exists(c => c.IsFaulted)
        )
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        var measured = new Measurement
        {
            Seconds = TimeProvider.System.GetElapsedTime(start).TotalSeconds,
            Messages = Messages,
            Use = contender.Use - before,
            EnqueueP50 = enqueues.Percentile(50),
            EnqueueP99 = enqueues.Percentile(99),
            AckP99 = ackLatencies.Percentile(99),
        };
        over = true;
        await end.CancelAsync();
        foreach (var caller in callers)
        {
            try
            {
                await caller;
            }
            catch (OperationCanceledException)
            {
                // Waited for room, or for a message.
            }
        }

        return measured;
    }

    private long Messages => order.Consumers > 0 ? Interlocked.Read(ref acked) : Interlocked.Read(ref sent);

    private async Task ProduceAsync(int number, CancellationToken cancellationToken)
    {
        var group = order.Groups == 0 ? null : "g" + (number % order.Groups).ToString(System.Globalization.CultureInfo.InvariantCulture);
        while (!over)
        {
            await room.WaitAsync(cancellationToken);
            var began = TimeProvider.System.GetTimestamp();
            if (order.BatchSize == 1)
                await contender.EnqueueAsync(order.Queue, bodies.Next(), group);
            else
                await contender.EnqueueBatchAsync(order.Queue, [.. Enumerable.Range(0, order.BatchSize).Select(_ => bodies.Next())]);
            enqueues.Add(began);
            Interlocked.Add(ref sent, order.BatchSize);
        }
    }

    private async Task ConsumeAsync(IAcks acks, CancellationToken cancellationToken)
    {
        while (!over)
        {
            foreach (var message in await contender.DequeueAsync(order.Queue, order.ReceiveSize, cancellationToken))
            {
                // It waits no longer.
                if (order.Load == LoadKind.Life)
                    room.Release();
                var began = TimeProvider.System.GetTimestamp();
                await acks.AckAsync(message);
                ackLatencies.Add(began);
                if (Interlocked.Increment(ref acked) == order.Stored && order.Load == LoadKind.Drain)
                    drained.TrySetResult();
            }
        }
    }
}

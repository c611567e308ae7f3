using FuncQueue.Benchmarks.Contenders;
using FuncQueue.Benchmarks.Runs;
using FuncQueue.Benchmarks.Workers;

namespace FuncQueue.Benchmarks.Loads;

/// <summary>
/// Publishers that each wait for one call before they make the next, and perhaps consumers at every queue; it ends when its time is up,
/// however little the contender has done.
/// </summary>
/// <param name="keys">What messages are published by, in turn, each with the number of queues that take it.</param>
internal sealed class FanoutLoad(IExchange exchange, IReadOnlyList<Binding> bindings, IReadOnlyList<(string Key, int Copies)> keys)
{
    private const int Publishers = 64;
    private const int Backlog = 100;

    /// <summary>Longer than anything takes that goes on at all.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Bodies bodies = new(1024);
    private readonly Latencies publishes = new();

    // Of copies. Even if each publisher holds all but one of those that its message needs, one of them gets on.
    private readonly SemaphoreSlim room = new(Math.Max(Backlog, Publishers) * bindings.Count);
    private long next;
    private long published;
    private long acked;
    private volatile bool isMeasured;

    /// <summary>Single messages without consumers: what is counted are messages.</summary>
    public Task<Measurement> PublishAsync(Size size) => RunAsync(size, 0, () => Interlocked.Read(ref published));

    /// <summary>
    /// Messages from publish to the acknowledgement of their copies, of which a hundred wait at most for each queue: what is counted are
    /// copies.
    /// </summary>
    public Task<Measurement> LifeAsync(Size size, int consumersOfEach) =>
        RunAsync(size, consumersOfEach, () => Interlocked.Read(ref acked));

    private async Task<Measurement> RunAsync(Size size, int consumersOfEach, Func<long> counted)
    {
        using var end = new CancellationTokenSource();
        var callers = Enumerable
            .Range(0, Publishers)
            .Select(_ => ProduceAsync(waits: consumersOfEach > 0, end.Token))
            .Concat(bindings.SelectMany(b => Enumerable.Range(0, consumersOfEach).Select(_ => ConsumeAsync(b.Queue, end.Token))))
            .ToList();
        // Before the end, only a fault ends one.
        var failed = Task.WhenAny(callers);
        var began = TimeProvider.System.GetTimestamp();
        await PassAsync(size.WarmSeconds, since: 0);
        var (before, use, cpu) = (counted(), exchange.Queues.Use, Environment.CpuUsage.TotalTime);
        isMeasured = true;
        var start = TimeProvider.System.GetTimestamp();
        await PassAsync(size.Seconds, before);
        var measured = new Measurement
        {
            Messages = counted() - before,
            Seconds = TimeProvider.System.GetElapsedTime(start).TotalSeconds,
            Use = exchange.Queues.Use - use,
            EnqueueP50 = publishes.Percentile(50),
            EnqueueP99 = publishes.Percentile(99),
            ProcessorMicroseconds = (Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds,
        };
        await end.CancelAsync();
        try
        {
            await Task.WhenAll(callers).WaitAsync(Patience, TimeProvider.System);
        }
        catch (OperationCanceledException)
        {
            // They waited for room, or for a message.
        }

        return measured;

        // On a machine with other things to do, a short time may be too short for anything.
        async Task PassAsync(double seconds, long since)
        {
            do await Task.WhenAny(Task.Delay(TimeSpan.FromSeconds(Math.Max(seconds, 0.02)), TimeProvider.System), failed);
            while (counted() == since && !failed.IsCompleted && TimeProvider.System.GetElapsedTime(began) < Patience);
        }
    }

    private async Task ProduceAsync(bool waits, CancellationToken cancellationToken)
    {
        await Task.Yield();
        while (!cancellationToken.IsCancellationRequested)
        {
            var (key, copies) = keys[(int)(Interlocked.Increment(ref next) % keys.Count)];
            for (var i = 0; waits && i < copies; i++)
                await room.WaitAsync(cancellationToken);
            var began = TimeProvider.System.GetTimestamp();
            await exchange.PublishAsync(key, bodies.Next());
            if (isMeasured)
                publishes.Add(began);
            Interlocked.Increment(ref published);
        }
    }

    private async Task ConsumeAsync(string queue, CancellationToken cancellationToken)
    {
        await Task.Yield();
        while (!cancellationToken.IsCancellationRequested)
        {
            foreach (var message in await exchange.Queues.DequeueAsync(queue, 1, cancellationToken))
            {
                room.Release();
                await exchange.Queues.AckAsync(queue, message);
                Interlocked.Increment(ref acked);
            }
        }
    }
}

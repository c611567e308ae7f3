using FuncQueue.Benchmarks.Contenders;
using FuncQueue.Benchmarks.Workers;

namespace FuncQueue.Benchmarks.Loads;

/// <summary>What a worker does with its contender: storing, warming and being measured.</summary>
internal sealed class Load(IContender contender, WorkerOrder order)
{
    private const int StoringCallers = 64;
    private const int WarmBacklog = 100;

    private readonly Bodies bodies = new(order.BodyBytes);

    /// <summary>Stores what is to be there before anything is measured.</summary>
    public async Task StoreAsync()
    {
        var left = order.Stored;
        await Task.WhenAll(
            Enumerable
                .Range(0, Math.Min(StoringCallers, order.Stored))
                .Select(async _ =>
                {
                    while (Interlocked.Decrement(ref left) >= 0)
                        await contender.EnqueueAsync(order.Queue, bodies.Next(), Group());
                })
        );
    }

    /// <summary>Does a bit of everything, on a queue of its own, until the code is compiled and connections are open.</summary>
    public async Task WarmAsync()
    {
        if (order.WarmSeconds <= 0)
            return;
        var queue = "warm-" + Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture);
        await contender.CreateAsync(queue);
        if (order.Load == LoadKind.Lone)
        {
            await new LoneLoad(contender, order with { Queue = queue }, bodies).RunAsync(order.WarmSeconds);
            return;
        }

        var warm = order with
        {
            Queue = queue,
            Load = order.Consumers > 0 ? LoadKind.Life : LoadKind.Enqueue,
            Producers = Math.Max(order.Producers, order.Consumers > 0 ? order.Consumers : 1),
            Backlog = WarmBacklog,
            Seconds = order.WarmSeconds,
        };
        await new CallersLoad(contender, warm, bodies).RunAsync(new DirectAcks(contender, queue));
    }

    public Task<Measurement> MeasureAsync(IAcks acks) =>
        order.Load == LoadKind.Lone
            ? new LoneLoad(contender, order, bodies).RunAsync(order.Seconds)
            : new CallersLoad(contender, order, bodies).RunAsync(acks);

    private string? Group() =>
        order.Groups == 0 ? null : "g" + Random.Shared.Next(order.Groups).ToString(System.Globalization.CultureInfo.InvariantCulture);
}

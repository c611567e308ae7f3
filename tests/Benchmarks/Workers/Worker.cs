using System.Diagnostics;
using System.Text.Json;
using FuncQueue.Benchmarks.Contenders;
using FuncQueue.Benchmarks.Loads;
using FuncQueue.Engine;

namespace FuncQueue.Benchmarks.Workers;

/// <summary>
/// A child process: makes ready, says so, waits for the word, is measured, tells. Speaks lines of JSON with its parent and ends when
/// that does.
/// </summary>
internal static class Worker
{
    public static async Task RunAsync(string text)
    {
        var order = JsonSerializer.Deserialize<WorkerOrder>(text)!;
        await using var contender = Open(order);
        var start = WorkingSet();
        await contender.CreateAsync(order.Queue);
        var load = new Load(contender, order);
        await load.StoreAsync();
        await load.WarmAsync();
        await using var acks = order.ScatterAcks ? new AckServer(contender, order.Queue) : null;
        await Console.Out.WriteLineAsync(JsonSerializer.Serialize(new WorkerReady(acks?.Port ?? 0)));
        if (await Console.In.ReadLineAsync() is not { } go)
            return;
        var ports = JsonSerializer.Deserialize<WorkerStart>(go)!.Ports;
        var (cpu, allocated) = (Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes());
        var measured = await load.MeasureAsync(order.ScatterAcks ? new ScatteredAcks(ports) : new DirectAcks(contender, order.Queue));
        measured = measured with
        {
            ProcessorMicroseconds = (Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds,
            Allocated = GC.GetTotalAllocatedBytes() - allocated,
        };
        GC.Collect();
        measured = measured with { MemoryGrowth = WorkingSet() - start };
        await Console.Out.WriteLineAsync(JsonSerializer.Serialize(measured));
        // The others may still send acks here.
        await Console.In.ReadLineAsync();
    }

    private static IContender Open(WorkerOrder order) =>
        order.Contender switch
        {
            ContenderKind.Engine => new EngineContender(
                order.Addresses,
                order.Groups > 0 ? new QueueSettingsChange { Type = QueueType.Fifo } : null
            ),
            ContenderKind.StorageQueue => new StorageQueueContender(order.Addresses[0]),
            ContenderKind.Http => new HttpContender(order.Addresses[0], order.Key),
            ContenderKind.Client => new ClientContender(order.Addresses[0], order.Key),
            ContenderKind.Rabbit => new RabbitContender(order.Addresses[0]),
            ContenderKind.Postgres => new PostgresContender(order.Addresses[0]),
            _ => throw new ArgumentOutOfRangeException(nameof(order)),
        };

    private static double WorkingSet()
    {
        using var self = Process.GetCurrentProcess();
        return self.WorkingSet64 / 1024.0 / 1024.0;
    }
}

using FuncQueue.Benchmarks.Contenders;
using FuncQueue.Benchmarks.Loads;
using FuncQueue.Benchmarks.Workers;
using FuncQueue.Engine;
using FuncQueue.LocalHost.Azurite;

namespace FuncQueue.Benchmarks.ScaleModel;

/// <summary>A point of the model: what was set up, what came out, and what arithmetic says.</summary>
internal sealed record ModelPoint(
    int Accounts,
    int Shards,
    int Processes,
    double MessagesPerSecond,
    double EntitiesPerMessage,
    double Refused
)
{
    /// <summary>The limit that comes first, divided by what a message takes.</summary>
    public double Arithmetic => Accounts * Math.Min(Shards * Model.PartitionLimit, Model.AccountLimit) / Model.LeastEntitiesPerMessage;
}

/// <summary>
/// The engine against limits a tenth of Azure's: one process (an engine of its own) for each shard, 64 producers and 64 consumers
/// each, one queue an account.
/// </summary>
internal static class Model
{
    public const double PartitionLimit = 200;
    public const double AccountLimit = 2000;

    /// <summary>Rows are smaller than usual, so that limits bind before Azurite does.</summary>
    private const int MessagesPerRow = 4;

    /// <summary>A row is written three times: inserted, leased, and deleted with the last ack.</summary>
    public const double LeastEntitiesPerMessage = 3.0 / MessagesPerRow;

    private const int Callers = 64;

    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(10);

    public static readonly IReadOnlyList<(int Accounts, int Shards)> Points = [(1, 1), (1, 2), (1, 4), (1, 8), (2, 4), (2, 8)];

    public static async Task<ModelPoint> MeasureAsync(int accounts, int shards, TimeSpan warm, TimeSpan duration)
    {
        await using var azurite = await AzuriteServer.StartForTestsAsync();
        var all = new List<(EngineContender Engine, ModelLimits Limits, string Queue)>();
        for (var account = 0; account < accounts; account++)
        {
            // Accounts differ in their limits only: what they hold lies in one Azurite, in tables of their own.
            var limits = new ModelLimits(PartitionLimit, AccountLimit, Latency);
            for (var process = 0; process < shards; process++)
                all.Add(
                    (
                        new EngineContender([azurite.ConnectionString], new QueueSettingsChange { Shards = shards }, MessagesPerRow, limits)
                        {
                            IsPatient = true,
                        },
                        limits,
                        $"account-{account}"
                    )
                );
        }

        try
        {
            // One after the other, as queues are made.
            foreach (var (engine, _, queue) in all)
                await engine.CreateAsync(queue);
            await RunAsync(all, warm);
            var before = Count(all);
            var measured = await RunAsync(all, duration);
            var after = Count(all);
            var messages = measured.Sum(m => m.Messages);
            return new ModelPoint(
                accounts,
                shards,
                all.Count,
                messages / measured.Max(m => m.Seconds),
                (after.Entities - before.Entities) / (double)messages,
                after.Refused - before.Refused
            );
        }
        finally
        {
            await Task.WhenAll(all.Select(e => e.Engine.DisposeAsync().AsTask()));
        }
    }

    private static (long Entities, long Refused) Count(List<(EngineContender Engine, ModelLimits Limits, string Queue)> all)
    {
        var limits = all.Select(e => e.Limits).Distinct().ToList();
        return (limits.Sum(l => l.Entities), limits.Sum(l => l.Refused));
    }

    private static Task<Measurement[]> RunAsync(List<(EngineContender Engine, ModelLimits Limits, string Queue)> all, TimeSpan duration) =>
        Task.WhenAll(
            all.Select(e =>
            {
                var order = new WorkerOrder
                {
                    Contender = ContenderKind.Engine,
                    Load = LoadKind.Life,
                    Addresses = [],
                    Queue = e.Queue,
                    Producers = Callers,
                    Consumers = Callers,
                    Backlog = 2 * Callers,
                    BodyBytes = 100,
                    Seconds = duration.TotalSeconds,
                };
                return new CallersLoad(e.Engine, order, new Bodies(order.BodyBytes)).RunAsync(new DirectAcks(e.Engine, e.Queue));
            })
        );
}

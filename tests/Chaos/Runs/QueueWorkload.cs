using FuncQueue.Chaos.Cluster;
using FuncQueue.Chaos.Histories;
using FuncQueue.Chaos.Nemeses;
using FuncQueue.Chaos.Workload;

namespace FuncQueue.Chaos.Runs;

/// <summary>Producers send to queues, one of which is deleted and made again meanwhile.</summary>
internal sealed class QueueWorkload(
    ChaosOptions options,
    AppCluster cluster,
    QueueClient client,
    Recorder recorder,
    Tally tally,
    Func<Random> random
) : IWorkload
{
    public IReadOnlyList<QueueSpec> Queues { get; } = QueueSpec.For(options.Fifo);

    public Task PrepareAsync() => Task.CompletedTask;

    public IEnumerable<Task> Start(CancellationToken stopping)
    {
        for (var i = 0; i < options.Producers; i++)
            yield return new Producer(i, cluster, client, recorder, Queues, random()).RunAsync(stopping);
        yield return new Support(cluster, client, recorder, Queues, tally, random()).RunAsync(stopping);
        foreach (var mortal in Queues.Where(q => q.IsMortal))
            yield return new Undertaker(cluster, client, recorder, mortal, tally, random()).RunAsync(stopping);
    }

    public Task FinishAsync() => Task.CompletedTask;
}

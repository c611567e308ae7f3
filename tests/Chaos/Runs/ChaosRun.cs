using FuncQueue.Chaos.Checking;
using FuncQueue.Chaos.Cluster;
using FuncQueue.Chaos.Histories;
using FuncQueue.Chaos.Nemeses;
using FuncQueue.Chaos.Workload;

namespace FuncQueue.Chaos.Runs;

/// <summary>What a run ended in.</summary>
internal sealed record RunResult(
    Verdict Verdict,
    Tally Tally,
    long StorageFaults,
    IReadOnlyDictionary<Inside.StorageFaultKind, long> FaultsByKind,
    History History
);

/// <summary>
/// One run: producers, consumers and nemeses at once; then all is put right, everything is drained, and the history is checked.
/// </summary>
internal sealed class ChaosRun(ChaosOptions options, Action<string> progress)
{
    /// <summary>FuncQueue's own default for how far clocks may differ.</summary>
    private static readonly TimeSpan ClockBound = TimeSpan.FromMilliseconds(250);

    private readonly Recorder recorder = new();
    private readonly Tally tally = new();
    private int randoms;

    public async Task<RunResult> RunAsync()
    {
        await using var cluster = await AppCluster.StartAsync(options.Processes, ClockBound, NextRandom());
        var client = new QueueClient(recorder);
        IWorkload work = options.Topics
            ? new TopicWorkload(options, cluster, client, recorder, tally, NextRandom)
            : new QueueWorkload(options, cluster, client, recorder, tally, NextRandom);
        var queues = work.Queues;
        foreach (var queue in queues)
            await CreateAsync(cluster.Slots[0], client, queue);
        await work.PrepareAsync();
        var storage = new StorageNemesis(cluster, tally, NextRandom());
        using var stop = new CancellationTokenSource();
        var working = StartAsync(cluster, client, work, storage, stop.Token);
        await WatchAsync(cluster, working, stop.Token);
        await stop.CancelAsync();
        await working;
        await storage.CalmAsync();
        progress("All is put right; draining.");
        await work.FinishAsync();
        var drain = new Drain(cluster, client, recorder, queues, progress);
        await drain.RunAsync();
        foreach (var error in cluster.LoggedErrors())
            recorder.AddStrange(error);
        var history = recorder.ToHistory([.. queues.Select(q => q.Rules)], drain.OrphanBlobs);
        foreach (var leak in cluster.Leaks(history))
            recorder.AddStrange(leak);
        history = recorder.ToHistory(history.Queues, drain.OrphanBlobs);
        var kinds = cluster.Slots.SelectMany(s => s.FaultsByKind).GroupBy(f => f.Key, f => f.Value).ToDictionary(g => g.Key, g => g.Sum());
        return new RunResult(Checker.Check(history), tally, cluster.Slots.Sum(s => s.Faults), kinds, history);
    }

    private async Task StartAsync(
        AppCluster cluster,
        QueueClient client,
        IWorkload work,
        StorageNemesis storage,
        CancellationToken stopping
    )
    {
        var (all, queues) = (work.Start(stopping).ToList(), work.Queues);
        for (var i = 0; i < options.Consumers; i++)
            all.Add(
                new Consumer(cluster, new Receiving(client, recorder), new Settling(client, recorder), queues, NextRandom()).RunAsync(
                    stopping
                )
            );
        all.Add(new ProcessNemesis(cluster, tally, NextRandom()).RunAsync(stopping));
        all.Add(storage.RunAsync(stopping));
        all.Add(new Operator(cluster, client, new Redriving(client, recorder), queues, tally, NextRandom()).RunAsync(stopping));
        // One that fails ends the run, rather than leaving it without that part.
        await foreach (var ended in Task.WhenEach(all))
            await ended;
    }

    /// <summary>Says how it goes until the time is up, or a part of the run has failed.</summary>
    private async Task WatchAsync(AppCluster cluster, Task working, CancellationToken stopping)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(began) is var elapsed && elapsed < options.Duration && !working.IsCompleted)
        {
            await Task.WhenAny(
                working,
                Pauses.WaitAsync(TimeSpan.FromSeconds(Math.Min(5, (options.Duration - elapsed).TotalSeconds)), stopping)
            );
            var (sent, acknowledged, delivered) = recorder.Totals;
            var now = string.Join(", ", tally.Now.Values);
            progress(
                $"{TimeProvider.System.GetElapsedTime(began):mm\\:ss}  sent {sent}  acknowledged {acknowledged}  delivered "
                    + $"{delivered}  kills {tally["kills"]}  stalls {tally["stalls"]}  faults "
                    + $"{cluster.Slots.Sum(s => s.Faults)}{(now.Length == 0 ? "" : $"  now: {now}")}"
            );
        }
    }

    private static async Task CreateAsync(AppSlot slot, QueueClient client, QueueSpec queue)
    {
        var content = new StringContent(queue.Settings, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json"));
        var call = await client.SendAsync(slot, HttpMethod.Put, queue.Url, content);
        if (call.Ending != Ending.Ok)
            throw new InvalidOperationException($"The queue {queue.Name} could not be made: {call.Json}");
    }

    /// <summary>Each part draws from chances of its own, so that what one draws does not depend on when another does.</summary>
    private Random NextRandom() => new(unchecked((options.Seed * 1009) + randoms++));
}

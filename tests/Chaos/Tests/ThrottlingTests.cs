using FuncQueue.Chaos.Checking;
using FuncQueue.Chaos.Cluster;
using FuncQueue.Chaos.Histories;
using FuncQueue.Chaos.Inside;
using FuncQueue.Chaos.Runs;
using FuncQueue.Chaos.Workload;
using Shouldly;
using Xunit;

namespace FuncQueue.Chaos.Tests;

/// <summary>Storage that takes only so many entities a second of a partition: FuncQueue asks less, and loses nothing.</summary>
public sealed class ThrottlingTests
{
    private const int EntitiesPerSecond = 10;
    private const int Seconds = 6;

    [Fact]
    public async Task A_throttled_partition_is_asked_less_and_nothing_is_lost()
    {
        var recorder = new Recorder();
        var client = new QueueClient(recorder);
        await using var cluster = await AppCluster.StartAsync(1, TimeSpan.Zero, new Random(1));
        var slot = cluster.Slots[0];
        var queue = new QueueSpec
        {
            Name = "throttled",
            Shards = 2,
            MaxDeliveryCount = 100,
            VisibilityTimeout = TimeSpan.FromSeconds(10),
        };
        await client.SendAsync(
            slot,
            HttpMethod.Put,
            queue.Url,
            new StringContent(queue.Settings, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json"))
        );
        using var stop = new CancellationTokenSource();
        await slot.OrderAsync(new Orders { EntitiesPerSecond = EntitiesPerSecond }, stop.Token);
        // Callers who come back at once, whatever they are told.
        var crowd = new List<Task>();
        for (var i = 0; i < 20; i++)
        {
            crowd.Add(new Producer(i, cluster, client, recorder, [queue], new Random(i)).RunAsync(stop.Token));
            crowd.Add(
                new Consumer(
                    cluster,
                    new Receiving(client, recorder),
                    new Settling(client, recorder),
                    [queue],
                    new Random(100 + i)
                ).RunAsync(stop.Token)
            );
        }

        await Pauses.WaitAsync(TimeSpan.FromSeconds(Seconds), stop.Token);
        var report = await slot.OrderAsync(new Orders { EntitiesPerSecond = 0 }, CancellationToken.None);
        await stop.CancelAsync();
        await Task.WhenAll(crowd);
        await new Drain(cluster, client, recorder, [queue], _ => { }).RunAsync();

        var verdict = Checker.Check(recorder.ToHistory([queue.Rules], []));
        verdict.Violations.ShouldBeEmpty();
        verdict.Acknowledged.ShouldBeGreaterThan(0);
        report.OverTheLimit.ShouldBeGreaterThan(0, "the limit was met");
        // Without a pause each refusal is followed by the next request at once: hundreds a second. Two shards, each asked again after a
        // second or more; readers and writers may be refused at one instant.
        report.OverTheLimit.ShouldBeLessThan(Seconds * 20);
    }
}

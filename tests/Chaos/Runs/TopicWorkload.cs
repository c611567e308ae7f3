using System.Net.Http.Headers;
using FuncQueue.Chaos.Cluster;
using FuncQueue.Chaos.Histories;
using FuncQueue.Chaos.Inside;
using FuncQueue.Chaos.Nemeses;
using FuncQueue.Chaos.Workload;

namespace FuncQueue.Chaos.Runs;

/// <summary>
/// Publishers publish to topics, whose subscriptions change all the time; what consumers receive has been forwarded. In the end the topics
/// are read, and deleted, which lets the subscriptions take what is theirs.
/// </summary>
internal sealed class TopicWorkload(
    ChaosOptions options,
    AppCluster cluster,
    QueueClient client,
    Recorder recorder,
    Tally tally,
    Func<Random> random
) : IWorkload
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(240);

    private readonly Subscriber subscriber = new(cluster, client, tally, random());
    private readonly MortalSubscription mortal = new(new SubscriptionCalls(cluster, client, random()), TopicSpec.Events, TopicSpec.Mortal);
    private readonly LogReader reader = new(cluster, client, recorder, random());

    public IReadOnlyList<QueueSpec> Queues => TopicSpec.Queues;

    public async Task PrepareAsync()
    {
        foreach (var topic in TopicSpec.All)
        {
            var settings = new StringContent(topic.Settings, new MediaTypeHeaderValue("application/json"));
            var call = await client.SendAsync(cluster.Slots[0], HttpMethod.Put, topic.Url, settings);
            if (call.Ending != Ending.Ok)
                throw new InvalidOperationException($"The topic {topic.Name} could not be made: {call.Json}");
        }

        foreach (var topic in TopicSpec.All)
            recorder.Add(topic.Rules);
        await subscriber.PrepareAsync();
        await mortal.BeginAsync();
    }

    public IEnumerable<Task> Start(CancellationToken stopping)
    {
        for (var i = 0; i < options.Producers; i++)
            yield return new Publisher(i, cluster, client, recorder, random()).RunAsync(stopping);
        yield return subscriber.RunAsync(stopping);
        yield return new Undertaker(cluster, client, recorder, TopicSpec.Mortal, tally, random(), mortal).RunAsync(stopping);
        yield return reader.RunAsync(stopping);
    }

    public async Task FinishAsync()
    {
        // What is still on its way to storage comes before the log is read.
        await Pauses.WaitAsync(FaultPolicy.Late, CancellationToken.None);
        // Nothing more comes to one that is read once the one that forwards to it is deleted.
        foreach (var topic in TopicSpec.All)
        {
            await UntilAsync(() => reader.ReadEverythingAsync(topic));
            await UntilAsync(async () =>
                cluster.Choose(random()) is { } slot
                && await client.SendAsync(slot, HttpMethod.Delete, $"{topic.Url}?drain=true") is var call
                && (call.Ending == Ending.Ok || call.Code == "topic-not-found")
            );
        }

        foreach (var part in subscriber.Parts.Append(mortal.Part))
            recorder.Add(part);
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await condition() && TimeProvider.System.GetElapsedTime(began) < Patience)
            await Pauses.WaitAsync(TimeSpan.FromMilliseconds(200), CancellationToken.None);
    }
}

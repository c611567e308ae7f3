using System.Text.Json.Nodes;
using FuncQueue.Chaos.Cluster;
using FuncQueue.Chaos.Histories;
using FuncQueue.Chaos.Workload;

namespace FuncQueue.Chaos.Nemeses;

/// <summary>
/// Changes whom topics forward to while they are in use: swaps filters, subscribes a queue and ends that, has records forwarded again.
/// </summary>
internal sealed class Subscriber(AppCluster cluster, QueueClient client, Tally tally, Random random)
{
    /// <summary>How far behind its position a subscription is set back at most, in a partition.</summary>
    private const int MostAgain = 30;

    private readonly SubscriptionCalls calls = new(cluster, client, random);
    private readonly List<RouteChange> swaps = [new(DateTimeOffset.MinValue, DateTimeOffset.MinValue, Swapped(false))];
    private readonly List<RouteChange> passing = [new(DateTimeOffset.MinValue, DateTimeOffset.MinValue, TopicSpec.Nothing)];
    private int seeks;

    /// <summary>What was in force when, as far as it is known.</summary>
    public IReadOnlyList<RoutePart> Parts =>
        [
            Always(TopicSpec.Replayed) with
            {
                Replays = seeks,
            },
            Always(TopicSpec.Ordered),
            Always(TopicSpec.Kept, TopicSpec.Brief),
            Always(TopicSpec.Derived, TopicSpec.Copies),
            new()
            {
                Topic = TopicSpec.Events.Name,
                Queues = [TopicSpec.Passing.Name],
                Changes = passing,
            },
            new()
            {
                Topic = TopicSpec.Choices.Name,
                Queues = [TopicSpec.Left.Name, TopicSpec.Right.Name, TopicSpec.Rest.Name],
                Changes = swaps,
                AlternateQueue = TopicSpec.Rest.Name,
            },
        ];

    /// <summary>Makes the subscriptions that there are all the time.</summary>
    public async Task PrepareAsync()
    {
        await calls.SubscribeAsync(TopicSpec.Events, TopicSpec.Replayed, null);
        await calls.SubscribeAsync(TopicSpec.Events, TopicSpec.Ordered, null);
        await calls.SubscribeAsync(TopicSpec.Choices, TopicSpec.Left, "red");
        await calls.SubscribeAsync(TopicSpec.Choices, TopicSpec.Right, "blue");
        await calls.SubscribeAsync(TopicSpec.Brief, TopicSpec.Kept, null);
        await calls.SubscribeAsync(TopicSpec.Copies, TopicSpec.Derived, null);
        var copies = TopicSpec.Copies.Name;
        await calls.UntilAnsweredAsync(HttpMethod.Put, $"{TopicSpec.Events.Url}/subscriptions/{copies}", $$"""{"topic":"{{copies}}"}""");
    }

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            await Pauses.WaitAsync(TimeSpan.FromMilliseconds(random.Next(200, 2000)), stopping);
            if (stopping.IsCancellationRequested)
                return;
            switch (random.Next(10))
            {
                case < 5:
                    await SwapAsync();
                    break;
                case < 8:
                    await ComeOrGoAsync();
                    break;
                default:
                    await SeekAsync();
                    break;
            }
        }
    }

    private async Task SwapAsync()
    {
        var isSwapped = swaps.Count % 2 == 1;
        var change = $$$"""
            {"{{{TopicSpec.Left.Name}}}":{"filters":{{{TopicSpec.FiltersOn(isSwapped ? "blue" : "red")}}}},
            "{{{TopicSpec.Right.Name}}}":{"filters":{{{TopicSpec.FiltersOn(isSwapped ? "red" : "blue")}}}}}
            """;
        var (began, ended) = await calls.UntilAnsweredAsync(HttpMethod.Patch, $"{TopicSpec.Choices.Url}/subscriptions", change);
        swaps.Add(new RouteChange(began, ended, Swapped(isSwapped)));
        tally.Count("filterChanges");
    }

    private async Task ComeOrGoAsync()
    {
        var isThere = passing.Count % 2 == 0;
        var (began, ended) = isThere
            ? await calls.UntilAnsweredAsync(HttpMethod.Delete, TopicSpec.Events.SubscriptionUrl(TopicSpec.Passing), null)
            : await calls.SubscribeAsync(TopicSpec.Events, TopicSpec.Passing, null);
        passing.Add(new RouteChange(began, ended, isThere ? TopicSpec.Nothing : TopicSpec.Everything(TopicSpec.Passing)));
        tally.Count("subscriptions");
    }

    /// <summary>Sets a subscription back; what lies before its position has been forwarded already.</summary>
    private async Task SeekAsync()
    {
        var url = TopicSpec.Events.SubscriptionUrl(TopicSpec.Replayed);
        if (cluster.Choose(random) is not { } slot || await client.SendAsync(slot, HttpMethod.Get, url) is not { Ending: Ending.Ok } found)
            return;
        var offsets = new JsonObject();
        foreach (var partition in found.Json!["partitions"]!.AsArray())
            offsets[$"{partition!["partition"]}"] = Math.Max(0, partition["position"]!.GetValue<long>() - random.Next(MostAgain));
        seeks++;
        if (cluster.Choose(random) is not { } other)
            return;
        await client.PostJsonAsync(other, $"{url}/seek", new JsonObject { ["to"] = new JsonObject { ["offsets"] = offsets } });
        tally.Count("seeks");
    }

    private static RoutePart Always(QueueSpec queue, TopicSpec? topic = null) =>
        new()
        {
            Topic = (topic ?? TopicSpec.Events).Name,
            Queues = [queue.Name],
            Changes = [new(DateTimeOffset.MinValue, DateTimeOffset.MinValue, TopicSpec.Everything(queue))],
        };

    private static Dictionary<string, string[]> Swapped(bool isSwapped) =>
        new()
        {
            [isSwapped ? "blue" : "red"] = [TopicSpec.Left.Name],
            [isSwapped ? "red" : "blue"] = [TopicSpec.Right.Name],
            ["grey"] = [TopicSpec.Rest.Name],
        };
}

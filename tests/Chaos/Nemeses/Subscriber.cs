using System.Text.Json.Nodes;
using FuncQueue.Chaos.Cluster;
using FuncQueue.Chaos.Histories;
using FuncQueue.Chaos.Workload;

namespace FuncQueue.Chaos.Nemeses;

/// <summary>
/// Changes whom topics forward to while they are in use: swaps filters, subscribes a queue and ends that, has records forwarded again.
/// Each change is repeated, through any process, until it is answered.
/// </summary>
internal sealed class Subscriber(AppCluster cluster, QueueClient client, Tally tally, Random random)
{
    /// <summary>How far behind its position a subscription is set back at most, in a partition.</summary>
    private const int MostAgain = 30;

    private readonly List<RouteChange> swaps = [new(DateTimeOffset.MinValue, DateTimeOffset.MinValue, Swapped(false))];
    private readonly List<RouteChange> passing = [new(DateTimeOffset.MinValue, DateTimeOffset.MinValue, Nobody)];
    private int seeks;

    private static Dictionary<string, string[]> Nobody => [];

    /// <summary>What was in force when, as far as it is known.</summary>
    public IReadOnlyList<RoutePart> Parts =>
        [
            Always(TopicSpec.Replayed) with
            {
                Replays = seeks,
            },
            Always(TopicSpec.Ordered),
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
        await SubscribeAsync(TopicSpec.Events, TopicSpec.Replayed, null);
        await SubscribeAsync(TopicSpec.Events, TopicSpec.Ordered, null);
        await SubscribeAsync(TopicSpec.Choices, TopicSpec.Left, "red");
        await SubscribeAsync(TopicSpec.Choices, TopicSpec.Right, "blue");
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
        var (began, ended) = await UntilAnsweredAsync(HttpMethod.Patch, $"{TopicSpec.Choices.Url}/subscriptions", change);
        swaps.Add(new RouteChange(began, ended, Swapped(isSwapped)));
        tally.Count("filterChanges");
    }

    private async Task ComeOrGoAsync()
    {
        var isThere = passing.Count % 2 == 0;
        var (began, ended) = isThere
            ? await UntilAnsweredAsync(HttpMethod.Delete, TopicSpec.Events.SubscriptionUrl(TopicSpec.Passing), null)
            : await SubscribeAsync(TopicSpec.Events, TopicSpec.Passing, null);
        passing.Add(new RouteChange(began, ended, isThere ? Nobody : Everything(TopicSpec.Passing)));
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

    private Task<(DateTimeOffset Began, DateTimeOffset Ended)> SubscribeAsync(TopicSpec topic, QueueSpec queue, string? colour) =>
        UntilAnsweredAsync(
            HttpMethod.Put,
            topic.SubscriptionUrl(queue),
            $$"""{"queue":"{{queue.Name}}"{{(colour is null ? "" : $",\"filters\":{TopicSpec.FiltersOn(colour)}")}}}"""
        );

    private async Task<(DateTimeOffset Began, DateTimeOffset Ended)> UntilAnsweredAsync(HttpMethod method, string url, string? json)
    {
        var began = TimeProvider.System.GetUtcNow();
        while (true)
        {
            var content = json is null
                ? null
                : new StringContent(json, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json"));
            if (
                cluster.Choose(random) is { } slot
                && await client.SendAsync(slot, method, url, content) is var call
                && (call.Ending == Ending.Ok || call.Code == "subscription-not-found")
            )
                return (began, call.Ended);
            await Pauses.WaitAsync(TimeSpan.FromMilliseconds(random.Next(20, 200)), CancellationToken.None);
        }
    }

    private static RoutePart Always(QueueSpec queue) =>
        new()
        {
            Topic = TopicSpec.Events.Name,
            Queues = [queue.Name],
            Changes = [new(DateTimeOffset.MinValue, DateTimeOffset.MinValue, Everything(queue))],
        };

    private static Dictionary<string, string[]> Everything(QueueSpec queue) =>
        TopicSpec.Colours.ToDictionary(c => c, _ => new[] { queue.Name });

    private static Dictionary<string, string[]> Swapped(bool isSwapped) =>
        new()
        {
            [isSwapped ? "blue" : "red"] = [TopicSpec.Left.Name],
            [isSwapped ? "red" : "blue"] = [TopicSpec.Right.Name],
            ["grey"] = [TopicSpec.Rest.Name],
        };
}

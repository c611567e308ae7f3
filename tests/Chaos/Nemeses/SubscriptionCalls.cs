using System.Net.Http.Headers;
using FuncQueue.Chaos.Cluster;
using FuncQueue.Chaos.Histories;
using FuncQueue.Chaos.Workload;

namespace FuncQueue.Chaos.Nemeses;

/// <summary>Changes of subscriptions, each repeated, through any process, until it is answered.</summary>
internal sealed class SubscriptionCalls(AppCluster cluster, QueueClient client, Random random)
{
    /// <summary>When the first attempt began, and when one was answered.</summary>
    public Task<(DateTimeOffset Began, DateTimeOffset Ended)> SubscribeAsync(TopicSpec topic, QueueSpec queue, string? colour) =>
        UntilAnsweredAsync(
            HttpMethod.Put,
            topic.SubscriptionUrl(queue),
            $$"""{"queue":"{{queue.Name}}"{{(colour is null ? "" : $",\"filters\":{TopicSpec.FiltersOn(colour)}")}}}"""
        );

    public async Task<(DateTimeOffset Began, DateTimeOffset Ended)> UntilAnsweredAsync(HttpMethod method, string url, string? json)
    {
        var began = TimeProvider.System.GetUtcNow();
        while (true)
        {
            var content = json is null ? null : new StringContent(json, new MediaTypeHeaderValue("application/json"));
            if (
                cluster.Choose(random) is { } slot
                && await client.SendAsync(slot, method, url, content) is var call
                && (call.Ending == Ending.Ok || call.Code == "subscription-not-found")
            )
                return (began, call.Ended);
            await Pauses.WaitAsync(TimeSpan.FromMilliseconds(random.Next(20, 200)), CancellationToken.None);
        }
    }
}

namespace FuncQueue.Dashboard.Tests.Support;

/// <summary>A queue and a topic with something of everything, and the pages that show it.</summary>
internal static class Showcase
{
    /// <summary>Pages, each with a text that stands there once it has settled.</summary>
    public static async Task<IReadOnlyList<(string Place, string Settled)>> PlacesAsync(ApiClient api)
    {
        var queue = await DeadLetters.MakeAsync(api, ("schema mismatch: field total is missing", 3), ("timeout calling the warehouse", 2));
        var id = await api.EnqueueAsync(queue, """{"order": 17, "customer": {"name": "Ann", "country": "DE"}, "lines": [1, 2]}""");
        var dead = (await api.GetAsync(queue + "/deadletter/messages")).Json["messages"]![0]!["messageId"]!.GetValue<string>();
        var fifo = await api.FifoAsync();
        await api.EnqueueInGroupAsync(fifo, "customer-1", "first", "second");
        var topic = $"topic-{Guid.NewGuid():N}";
        (await api.PutAsync($"/topics/{topic}")).Status.ShouldBe(HttpStatusCode.Created);
        var subscription = new JsonObject
        {
            ["queue"] = queue["/queues/".Length..],
            ["filters"] = JsonNode.Parse("""[{"routingKey":["eu.#"]}]"""),
        };
        (await api.PutAsync($"/topics/{topic}/subscriptions/eu", subscription.ToJsonString())).Status.ShouldBe(HttpStatusCode.Created);
        (await api.PostAsync($"/topics/{topic}/messages?partition=0&routingKey=us.x")).Status.ShouldBe(HttpStatusCode.Created);
        var name = queue[1..];
        return
        [
            ("", "Oldest"),
            (name, "Counted now"),
            (name + "/messages", "Enqueued"),
            ($"{name}/messages/{id}", "As a command"),
            (name + "/deadletters", "timeout calling"),
            ($"{name}/deadletters/{dead}", "As a command"),
            (name + "/settings", "Visibility timeout"),
            (fifo[1..] + "/groups", "customer-1"),
            ($"topics/{topic}", "Last published"),
            ($"topics/{topic}/subscriptions", "eu.#"),
            ($"topics/{topic}/match", "Try the filters"),
            ($"topics/{topic}/records/0", "us.x"),
            ($"topics/{topic}/groups", "No group reads this topic."),
            ("keys", "There are no keys yet."),
            ("health", "Limits"),
        ];
    }
}

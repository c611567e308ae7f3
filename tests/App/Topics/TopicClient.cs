namespace FuncQueue.App.Tests.Topics;

/// <summary>What tests of topics do again and again.</summary>
internal static class TopicClient
{
    private static int topics;

    /// <summary>A new topic; its path.</summary>
    public static async Task<string> TopicAsync(this ApiClient client, string settings = "{}", string suffix = "")
    {
        var path = $"/topics/topic-{Environment.ProcessId}-{Interlocked.Increment(ref topics)}{suffix}";
        var answer = await client.PutAsync(path, settings);
        answer.Status.ShouldBe(HttpStatusCode.Created, answer.Text);
        return path;
    }

    public static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    /// <summary>Subscribes a queue, under its own name.</summary>
    public static async Task<string> SubscribeAsync(
        this ApiClient client,
        string topic,
        string queue,
        string filters = "[]",
        string more = ""
    )
    {
        var path = $"{topic}/subscriptions/{NameOf(queue)}";
        var answer = await client.PutAsync(path, $$"""{"queue":"{{NameOf(queue)}}","filters":{{filters}}{{more}}}""");
        answer.Status.ShouldBe(HttpStatusCode.Created, answer.Text);
        return path;
    }

    public static async Task<JsonNode> PublishAsync(this ApiClient client, string topic, string body, string query = "")
    {
        var answer = await client.SendAsync(HttpMethod.Post, $"{topic}/messages{query}", new StringContent(body));
        answer.Status.ShouldBe(HttpStatusCode.Created, answer.Text);
        return answer.Json;
    }

    /// <summary>Bodies that arrive in a queue until there are so many; each is acked.</summary>
    public static async Task<List<string>> ReceiveAsync(this ApiClient client, string queue, int count)
    {
        var bodies = new List<string>();
        for (var round = 0; bodies.Count < count && round < 30; round++)
        {
            foreach (var message in await client.DequeueAsync(queue, "?maxMessages=10&waitSeconds=5"))
            {
                bodies.Add(message!["body"]!.GetValue<string>());
                (await client.SettleAsync(queue, "ack", message)).ShouldBe("ok");
            }
        }

        return bodies;
    }
}

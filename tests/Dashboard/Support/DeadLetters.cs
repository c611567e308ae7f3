namespace FuncQueue.Dashboard.Tests.Support;

/// <summary>Queues with dead letters.</summary>
internal static class DeadLetters
{
    /// <summary>A new queue with so many dead letters of each reason; its path.</summary>
    public static async Task<string> MakeAsync(ApiClient api, params (string Reason, int Count)[] reasons)
    {
        var queue = await api.QueueAsync();
        foreach (var (reason, count) in reasons)
            await AddAsync(api, queue, reason, count);
        return queue;
    }

    /// <summary>Adds at most 100 of one reason; nothing else may be ready.</summary>
    public static async Task AddAsync(ApiClient api, string queue, string reason, int count)
    {
        var messages = new JsonArray();
        for (var i = 0; i < count; i++)
            messages.Add(
                new JsonObject
                {
                    ["body"] = $$"""{"number": {{i}}}""",
                    ["attributes"] = new JsonObject { ["tenant"] = "north" },
                }
            );
        (await api.PostAsync(queue + "/messages/batch", new JsonObject { ["messages"] = messages }.ToJsonString())).Status.ShouldBe(
            HttpStatusCode.OK
        );
        var dead = 0;
        while (dead < count)
        {
            var taken = await api.DequeueAsync(queue, "?maxMessages=100");
            if (taken.Count == 0)
                continue;
            var receipts = new JsonArray([.. taken.Select(m => (JsonNode)m!["receipt"]!.GetValue<string>())]);
            var answer = await api.PostAsync(
                queue + "/messages/deadletter",
                new JsonObject { ["receipts"] = receipts, ["reason"] = reason }.ToJsonString()
            );
            answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
            dead += taken.Count;
        }
    }

    /// <summary>How many there are, of 100 at most.</summary>
    public static async Task<int> CountAsync(ApiClient api, string queue) =>
        (await api.GetAsync(queue + "/deadletter/messages?maxMessages=100")).Json["messages"]!.AsArray().Count;
}

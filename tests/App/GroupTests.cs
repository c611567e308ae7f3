namespace FuncQueue.App.Tests;

/// <summary>The list of a queue's groups.</summary>
public sealed class GroupTests(AppFixture app)
{
    private readonly ApiClient client = app.Client;

    [Theory]
    [InlineData("fifo", 1)]
    [InlineData("fifo", 4)]
    [InlineData("standard", 1)]
    public async Task It_has_each_group_with_its_backlog_and_whether_it_is_leased_the_oldest_first(string type, int shards)
    {
        var queue = await client.QueueAsync($$"""{"type":"{{type}}","shards":{{shards}}}""");
        (await client.GetAsync(queue + "/groups")).Json.ToJsonString().ShouldBe("""{"groups":[]}""");
        foreach (var (group, text) in new[] { ("ä/b c", "1"), ("b", "2"), ("ä/b c", "3"), ("c", "4"), ("ä/b c", "5") })
            (await client.PostAsync($"{queue}/messages?groupId={Uri.EscapeDataString(group)}")).Status.ShouldBe(
                HttpStatusCode.Created,
                text
            );
        var first = (await client.DequeueAsync(queue))[0]!;
        var leased = first["groupId"]!.GetValue<string>();
        var listed = await ListAsync(queue);
        listed.ShouldBe([("ä/b c", 3, leased == "ä/b c"), ("b", 1, leased == "b"), ("c", 1, leased == "c")], ignoreOrder: shards > 1);
        (await client.GetAsync(queue + "/groups")).Json["groups"]!
            .AsArray()
            .ShouldAllBe(g => g!["oldestMessageAgeSeconds"]!.GetValue<long>() >= 0);

        await client.SettleAsync(queue, "ack", first);
        (await ListAsync(queue)).Sum(g => g.Messages).ShouldBe(4);
        (await ListAsync(queue)).ShouldAllBe(g => !g.Leased);
    }

    [Fact]
    public async Task Messages_that_are_held_back_count_and_those_of_no_group_and_dead_letters_do_not()
    {
        var queue = await client.QueueAsync();
        await client.PostAsync(queue + "/messages?groupId=later&delaySeconds=3600");
        await client.PostAsync(queue + "/messages");
        await client.PostAsync(queue + "/messages?groupId=dead");
        foreach (var message in await client.DequeueAsync(queue, "?maxMessages=10"))
            await client.SettleAsync(queue, message!["groupId"] is null ? "nack" : "deadletter", message);
        (await ListAsync(queue)).ShouldBe([("later", 1, false)]);
    }

    [Fact]
    public async Task It_comes_page_by_page_each_group_once()
    {
        var queue = await client.FifoAsync("""{"type":"fifo","shards":3}""");
        var names = Enumerable.Range(0, 11).Select(i => $"g{i}").ToList();
        foreach (var name in names.Concat(names))
            await client.EnqueueInGroupAsync(queue, name, name);
        var (seen, url) = (new List<string>(), queue + "/groups?maxResults=4");
        for (var next = url; next is not null; )
        {
            var page = (await client.GetAsync(next)).Json;
            page["groups"]!.AsArray().Count.ShouldBeInRange(1, 4);
            seen.AddRange(page["groups"]!.AsArray().Select(g => g!["groupId"]!.GetValue<string>()));
            next = page["continuation"] is { } continuation ? $"{url}&continuation={continuation}" : null;
        }

        seen.ShouldBe(names, ignoreOrder: true);
    }

    [Theory]
    [InlineData("maxResults=0", "maxResults")]
    [InlineData("maxResults=1001", "maxResults")]
    [InlineData("maxResults=many", "maxResults")]
    [InlineData("maxMessages=1", "maxMessages")]
    [InlineData("continuation=nonsense", "continuation")]
    public async Task Bad_parameters_are_refused(string query, string field)
    {
        var answer = await client.GetAsync($"{await client.FifoAsync()}/groups?{query}");
        answer.Status.ShouldBe(HttpStatusCode.BadRequest);
        answer.Fields.ShouldBe([field]);
    }

    private async Task<List<(string Group, long Messages, bool Leased)>> ListAsync(string queue) =>
        [
            .. (await client.GetAsync(queue + "/groups")).Json["groups"]!
                .AsArray()
                .Select(g => (g!["groupId"]!.GetValue<string>(), g["messages"]!.GetValue<long>(), g["leased"]!.GetValue<bool>())),
        ];
}

namespace FuncQueue.Dashboard.Tests;

/// <summary>What people come to a topic's groups for: who reads, how far they are, and how to set them back.</summary>
public sealed class GroupStoryTests(AppFixture app, BrowserFixture browser) : PageTest(app, browser)
{
    [Fact]
    public async Task Members_what_they_hold_and_how_far_they_are_is_told_and_a_group_is_set_back_and_deleted()
    {
        var topic = await TopicAsync();
        await OpenAsync($"topics/{topic}/groups");
        await Expect(Text("No group reads this topic.")).ToBeVisibleAsync();
        // One has both partitions, has committed two records of each, and a second waits for its share.
        var read = await ReadAsync(topic, """{"member":"ann","from":"earliest","maxRecords":4,"leaseSeconds":600}""");
        var tokens = new JsonArray([.. read["tokens"]!.AsArray().Select(t => (JsonNode)t!["token"]!.GetValue<string>())]);
        var commit = await Api.PostAsync($"/topics/{topic}/groups/mail/commit", new JsonObject { ["tokens"] = tokens }.ToJsonString());
        commit.Status.ShouldBe(HttpStatusCode.OK, commit.Text);
        var group = (await Api.GetAsync($"/topics/{topic}/groups/mail")).Json;
        var lag = group["lag"]!.GetValue<long>();
        lag.ShouldBeInRange(1, 9);
        await Expect(Heading("mail")).ToBeVisibleAsync();
        await Expect(Page.GetByText($"{lag} records and")).ToBeVisibleAsync();
        await Expect(Members.Nth(1)).ToContainTextAsync("ann0, 1");
        foreach (var partition in group["partitions"]!.AsArray())
        {
            var row = Partitions.Nth(1 + partition!["partition"]!.GetValue<int>());
            await Expect(row).ToContainTextAsync("ann");
            await Expect(row.GetByRole(AriaRole.Cell).Nth(1)).ToHaveTextAsync($"{partition["committed"]}");
            await Expect(row.GetByRole(AriaRole.Cell).Nth(2)).ToHaveTextAsync($"{partition["lag"]}");
        }

        await ReadAsync(topic, """{"member":"bob","leaseSeconds":600}""");
        await Expect(Page.GetByText("bob waits for it").Or(Members.Filter(new() { HasText = "bob" })).First).ToBeVisibleAsync();

        await Button("Seek mail").ClickAsync();
        await Dialog("Seek mail").GetByRole(AriaRole.Button, new() { Name = "Seek", Exact = true }).ClickAsync();
        await Expect(Told("It goes on from there.")).ToBeVisibleAsync();
        await Expect(Page.GetByText("10 records and")).ToBeVisibleAsync();
        (await Api.GetAsync($"/topics/{topic}/groups/mail")).Json["lag"]!.GetValue<long>().ShouldBe(10);

        await Button("Delete").ClickAsync();
        var dialog = Dialog("Delete the group mail");
        await dialog.GetByLabel("Type the name to confirm").FillAsync("mail");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).ClickAsync();
        await Expect(Told("The group is deleted.")).ToBeVisibleAsync();
        await Expect(Text("No group reads this topic.")).ToBeVisibleAsync();
        (await Api.GetAsync($"/topics/{topic}/groups/mail")).Code.ShouldBe("group-not-found");
    }

    private ILocator Members => Page.GetByRole(AriaRole.Table, new() { Name = "Members of mail", Exact = true }).GetByRole(AriaRole.Row);

    private ILocator Partitions =>
        Page.GetByRole(AriaRole.Table, new() { Name = "Partitions of mail", Exact = true }).GetByRole(AriaRole.Row);

    private async Task<JsonNode> ReadAsync(string topic, string request)
    {
        var answer = await Api.PostAsync($"/topics/{topic}/groups/mail/read", request);
        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        return answer.Json;
    }

    /// <summary>A new topic of two partitions with five records each; its name.</summary>
    private async Task<string> TopicAsync()
    {
        var topic = $"topic-{Guid.NewGuid():N}";
        (await Api.PutAsync($"/topics/{topic}", """{"partitions":2}""")).Status.ShouldBe(HttpStatusCode.Created);
        var messages = new JsonArray([
            .. Enumerable.Range(0, 10).Select(i => (JsonNode)new JsonObject { ["body"] = $"record {i}", ["partition"] = i % 2 }),
        ]);
        var answer = await Api.PostAsync($"/topics/{topic}/messages/batch", new JsonObject { ["messages"] = messages }.ToJsonString());
        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        return topic;
    }
}

namespace FuncQueue.Dashboard.Tests;

/// <summary>What people come to a topic's page for.</summary>
public sealed class TopicStoryTests(AppFixture app, BrowserFixture browser) : PageTest(app, browser)
{
    [Fact]
    public async Task A_topic_is_made_subscribed_tried_published_to_and_read()
    {
        var queue = await Api.QueueAsync();
        var name = $"topic-{Guid.NewGuid():N}";
        await OpenAsync();
        await Button("New topic").ClickAsync();
        await Field("Name").FillAsync(name);
        await Field("Partitions").FillAsync("1");
        await Dialog("New topic").GetByRole(AriaRole.Button, new() { Name = "Create" }).ClickAsync();
        await Expect(Heading(name)).ToBeVisibleAsync();

        await Link("Subscriptions").ClickAsync();
        await Button("New subscription").ClickAsync();
        await Field("Name").FillAsync("eu");
        await Field("Into the queue").FillAsync(queue["/queues/".Length..]);
        await Field("Filters").FillAsync("""[{"routingKey": ["eu.#"]}]""");
        await Button("Save").ClickAsync();
        await Expect(Told("eu is there.")).ToBeVisibleAsync();

        await Link("Match").ClickAsync();
        await Field("Routing key").FillAsync("us.orders");
        await Button("Try the filters").ClickAsync();
        var said = Page.GetByRole(AriaRole.Table, new() { Name = "What the subscriptions say" }).GetByRole(AriaRole.Row).Nth(1);
        await Expect(said).ToContainTextAsync("no");
        await Expect(said).ToContainTextAsync("routingKey");
        await Field("Routing key").FillAsync("eu.orders");
        await Button("Try the filters").ClickAsync();
        await Expect(said).ToContainTextAsync("yes");

        await Link("Topic").ClickAsync();
        await Button("Publish a record").ClickAsync();
        await Field("Body").FillAsync("""{"price": 3}""");
        await Field("Routing key").FillAsync("eu.orders");
        await Dialog($"Publish to {name}").GetByRole(AriaRole.Button, new() { Name = "Publish" }).ClickAsync();
        await Expect(Told("Published at 0/0; 1 subscription takes it.")).ToBeVisibleAsync();
        await Link("Records").ClickAsync();
        var record = Page.GetByRole(AriaRole.Table, new() { Name = "Records" }).GetByRole(AriaRole.Row).Nth(1);
        await Expect(record).ToContainTextAsync("eu.orders");
        await record.GetByRole(AriaRole.Link).ClickAsync();
        await Expect(Page.GetByRole(AriaRole.Region, new() { Name = "Body as JSON" })).ToContainTextAsync("price: 3");
        (await ReceiveAsync(queue, 1))[0]["body"]!.GetValue<string>().ShouldBe("""{"price": 3}""");
    }

    [Fact]
    public async Task Records_are_read_from_an_offset_on_and_page_by_page()
    {
        var topic = await TopicAsync(120);
        await OpenAsync($"topics/{topic}/records");
        var rows = Page.GetByRole(AriaRole.Table, new() { Name = "Records" }).GetByRole(AriaRole.Row);
        await Expect(rows.Nth(1)).ToContainTextAsync("record 70");
        await Field("From offset").FillAsync("10");
        await Button("Read").ClickAsync();
        await Expect(rows.Nth(1)).ToContainTextAsync("record 10");
        await Button("Next records").ClickAsync();
        await Expect(rows.Nth(1)).ToContainTextAsync("record 60");
        await Button("Earliest").ClickAsync();
        await Expect(rows.Nth(1)).ToContainTextAsync("record 0");
    }

    [Fact]
    public async Task A_subscription_seeks_back_and_its_queue_gets_the_records_again()
    {
        var topic = await TopicAsync(3);
        var queue = await Api.QueueAsync();
        var settings = new JsonObject { ["queue"] = queue["/queues/".Length..] };
        (await Api.PutAsync($"/topics/{topic}/subscriptions/late", settings.ToJsonString())).Status.ShouldBe(HttpStatusCode.Created);
        await OpenAsync($"topics/{topic}/subscriptions");
        await Button("Seek late").ClickAsync();
        await Dialog("Seek late").GetByRole(AriaRole.Button, new() { Name = "Seek" }).ClickAsync();
        await Expect(Told("It goes on from there.")).ToBeVisibleAsync();
        await ReceiveAsync(queue, 3);
    }

    /// <summary>A new topic of one partition with so many records; its name.</summary>
    private async Task<string> TopicAsync(int records)
    {
        var topic = $"topic-{Guid.NewGuid():N}";
        (await Api.PutAsync($"/topics/{topic}", """{"partitions":1}""")).Status.ShouldBe(HttpStatusCode.Created);
        foreach (var part in Enumerable.Range(0, records).Chunk(100))
        {
            var messages = new JsonArray([.. part.Select(i => (JsonNode)new JsonObject { ["body"] = $"record {i}" })]);
            var answer = await Api.PostAsync($"/topics/{topic}/messages/batch", new JsonObject { ["messages"] = messages }.ToJsonString());
            answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        }

        return topic;
    }
}

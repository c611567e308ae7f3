namespace FuncQueue.Dashboard.Tests;

/// <summary>
/// Pictures of the main pages, kept with the test's results; with FUNCQUEUE_WRITE_PICTURES=1 those of the documents are taken anew. Nobody
/// can wait a day for charts: their samples are made up.
/// </summary>
public sealed class PictureTests(AppFixture app, BrowserFixture browser) : PageTest(app, browser)
{
    private static readonly string[] Queues = ["billing", "invoices", "orders", "shipments.eu", "shipments.us", "thumbnails"];

    protected override BrowserNewContextOptions ContextOptions =>
        new(base.ContextOptions)
        {
            ViewportSize = new ViewportSize { Width = 1180, Height = 720 },
        };

    [Fact]
    public async Task The_main_pages_are_there_to_be_looked_at()
    {
        await using var server = await AppProcess.StartAsync(
            App.Environment(new() { ["FuncQueue__RegistryTable"] = "pictures" + Guid.NewGuid().ToString("N") })
        );
        var client = new ApiClient(server.Address);
        await FillAsync(client);
        await Page.RouteAsync("**/history?**", AnswerWithSamplesAsync);
        await Page.RouteAsync("**/queues?counts=true**", AnswerWithCountsAsync);
        await OpenAsync("", server.Address);
        await Expect(Page.Locator("svg.spark")).ToHaveCountAsync(Queues.Length);
        await TakeAsync("overview");
        await OpenAsync("queues/orders", server.Address);
        await Expect(Page.Locator(".chart canvas")).ToHaveCountAsync(2);
        await TakeAsync("queue");
        await OpenAsync("queues/orders/deadletters", server.Address);
        await Expect(Page.GetByText("timeout calling the warehouse").First).ToBeVisibleAsync();
        await TakeAsync("dead-letters");
        await Button("Dark").ClickAsync();
        await Page.GetByRole(AriaRole.Table, new() { Name = "Dead letters", Exact = true }).GetByRole(AriaRole.Link).First.ClickAsync();
        await Expect(Page.GetByRole(AriaRole.Region, new() { Name = "Body as JSON" })).ToBeVisibleAsync();
        await TakeAsync("message-dark");
        await OpenAsync("topics/prices/subscriptions", server.Address);
        await Expect(Page.GetByText("eu.#").First).ToBeVisibleAsync();
        await TakeAsync("subscriptions-dark");
        await Page.SetViewportSizeAsync(390, 720);
        await OpenAsync("queues/orders/messages", server.Address);
        await Expect(Page.GetByRole(AriaRole.Table, new() { Name = "ready messages" })).ToBeVisibleAsync();
        await TakeAsync("narrow-dark");
    }

    private static async Task FillAsync(ApiClient client)
    {
        foreach (var name in Queues)
            (await client.PutAsync($"/queues/{name}")).Status.ShouldBe(HttpStatusCode.Created);
        (await client.PutAsync("/queues/ledger.fifo", """{"type":"fifo"}""")).Status.ShouldBe(HttpStatusCode.Created);
        (await client.DeleteAsync("/queues/ledger.fifo")).Status.ShouldBe(HttpStatusCode.NoContent);
        await DeadLetters.AddAsync(client, "/queues/orders", "schema mismatch: field total is missing", 7);
        await DeadLetters.AddAsync(client, "/queues/orders", "timeout calling the warehouse", 3);
        for (var i = 1; i <= 6; i++)
        {
            var body = System.Text.Encoding.UTF8.GetBytes(
                $$"""{"order": {{4711 + i}}, "customer": {"name": "Ada", "country": "DE"}, "lines": [{"sku": "tea", "count": {{i}}}]}"""
            );
            await client.EnqueueAsync("/queues/orders", body, "application/json", ("x-attribute-tenant", "north"));
        }

        (await client.PutAsync("/topics/prices")).Status.ShouldBe(HttpStatusCode.Created);
        foreach (
            var (name, queue, filter) in new[] { ("billing", "billing", "[]"), ("europe", "shipments.eu", """[{"routingKey":["eu.#"]}]""") }
        )
            (
                await client.PutAsync($"/topics/prices/subscriptions/{name}", $$"""{"queue":"{{queue}}","filters":{{filter}}}""")
            ).Status.ShouldBe(HttpStatusCode.Created);
    }

    private static async Task AnswerWithSamplesAsync(IRoute route)
    {
        var seed = route.Request.Url.Split('/')[4].Sum(c => c);
        var minutes = route.Request.Url.Contains("hours=1&") || route.Request.Url.EndsWith("hours=1") ? 60 : 24 * 60;
        var now = TimeProvider.System.GetUtcNow();
        var samples = new JsonArray();
        for (var i = minutes; i > 0; i -= minutes > 60 ? 5 : 1)
        {
            var wave = 1 + Math.Sin((seed + i) / 90.0) + (0.08 * Math.Sin(i * 1.7));
            samples.Add(
                new JsonObject
                {
                    ["at"] = now.AddMinutes(-i).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", System.Globalization.CultureInfo.InvariantCulture),
                    ["counts"] = new JsonObject
                    {
                        ["ready"] = (long)Math.Max(0, (80 + seed % 90) * wave),
                        ["leased"] = (long)Math.Max(0, 24 * wave),
                        ["scheduled"] = 0,
                        ["deadLettered"] = i > minutes / 3 ? 3 : 10,
                    },
                    ["oldestMessageAgeSeconds"] = 12,
                    ["since"] = new JsonObject
                    {
                        ["enqueued"] = (long)Math.Max(0, (900 + seed) * wave),
                        ["acked"] = (long)Math.Max(0, (880 + seed) * wave),
                        ["deadLettered"] = i == minutes / 3 ? 7 : 0,
                    },
                }
            );
        }

        await route.FulfillAsync(
            new() { ContentType = "application/json", Body = new JsonObject { ["samples"] = samples }.ToJsonString() }
        );
    }

    /// <summary>The figures of the last sample beside what the server says.</summary>
    private static async Task AnswerWithCountsAsync(IRoute route)
    {
        var response = await route.FetchAsync();
        var page = JsonNode.Parse(await response.TextAsync())!;
        foreach (var queue in page["queues"]!.AsArray())
        {
            var seed = queue!["name"]!.GetValue<string>().Sum(c => c);
            queue["counts"] = new JsonObject
            {
                ["ready"] = 80 + (seed % 90),
                ["leased"] = 11 + (seed % 14),
                ["scheduled"] = seed % 5,
                ["deadLettered"] = queue["name"]!.GetValue<string>() == "orders" ? 10 : 0,
            };
            queue["oldestMessageAgeSeconds"] = 4 + (seed % 40);
        }

        await route.FulfillAsync(new() { Response = response, Body = page.ToJsonString() });
    }

    private async Task TakeAsync(string name)
    {
        var picture = await Page.ScreenshotAsync();
        var folder = Path.Combine(AppContext.BaseDirectory, "TestResults", "pictures");
        Directory.CreateDirectory(folder);
        await File.WriteAllBytesAsync(Path.Combine(folder, name + ".png"), picture, TestContext.Current.CancellationToken);
        if (
            Environment.GetEnvironmentVariable("FUNCQUEUE_WRITE_PICTURES") == "1"
            && name is "overview" or "queue" or "dead-letters" or "message-dark"
        )
            await File.WriteAllBytesAsync(Path.Combine(Repository.Root, $"docs/guides/dashboard-{name}.png"), picture);
    }
}

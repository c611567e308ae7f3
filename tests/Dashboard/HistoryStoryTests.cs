namespace FuncQueue.Dashboard.Tests;

/// <summary>How a queue went, from the samples that sweeps have written.</summary>
public sealed class HistoryStoryTests(AppFixture app, BrowserFixture browser) : PageTest(app, browser)
{
    [Fact]
    public async Task The_samples_of_sweeps_are_charts_of_a_queue_and_of_its_dead_letters()
    {
        await using var server = await AppProcess.StartAsync(
            App.Environment(
                new() { ["FuncQueue__RegistryTable"] = "history" + Guid.NewGuid().ToString("N"), ["SweepStorageSchedule"] = "* * * * * *" }
            )
        );
        var client = new ApiClient(server.Address);
        var queue = await DeadLetters.MakeAsync(client, ("timeout", 2));
        for (var i = 0; i < 3; i++)
            await client.EnqueueAsync(queue, $"message {i}");
        // A sweep comes by each second, and takes a sample a minute.
        await Until.TrueAsync(
            async () =>
                (await client.GetAsync(queue + "/history?hours=1")).Json["samples"]!.AsArray().LastOrDefault() is { } last
                && (Count(last, "ready"), Count(last, "deadLettered")) == (3, 2),
            "a sweep takes a sample of all",
            600
        );
        await OpenAsync(queue[1..], server.Address);
        await Expect(Chart("Messages. Ready: 3 at last,")).ToBeVisibleAsync();
        await Expect(Page.Locator(".chart canvas")).ToHaveCountAsync(2);
        await Page.GetByRole(AriaRole.Group, new() { Name = "Span" }).GetByRole(AriaRole.Button, new() { Name = "1 h" }).ClickAsync();
        await Expect(Chart("Messages. Ready: 3 at last,")).ToBeVisibleAsync();
        await Link("Dead letters").ClickAsync();
        await Expect(Chart("Dead letters. Dead letters: 2 at last,")).ToBeVisibleAsync();
        await HasNoBarriersAsync("dead letters with a trend");
    }

    private ILocator Chart(string beginning) => Page.GetByRole(AriaRole.Img, new() { Name = beginning });

    private static long Count(JsonNode sample, string name) => sample["counts"]![name]!.GetValue<long>();
}

namespace FuncQueue.Dashboard.Tests;

/// <summary>What people come to a queue's page for.</summary>
public sealed class QueueStoryTests(AppFixture app, BrowserFixture browser) : PageTest(app, browser)
{
    [Fact]
    public async Task A_queue_is_made_gets_a_test_message_and_shows_it()
    {
        var name = $"story-{Guid.NewGuid():N}";
        await OpenAsync();
        await Button("New queue").ClickAsync();
        await Field("Name").FillAsync(name);
        await Dialog("New queue").GetByRole(AriaRole.Button, new() { Name = "Create" }).ClickAsync();
        await Expect(Heading(name)).ToBeVisibleAsync();
        await Button("Send a message").ClickAsync();
        await Field("Body").FillAsync("""{"order": 17, "lines": [{"sku": "a"}]}""");
        await Field("Content type").FillAsync("application/json");
        await Field("Attributes").FillAsync("tenant=north\nnote=a=b");
        await Dialog($"Send to {name}").GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true }).ClickAsync();
        await Expect(Told("Sent as")).ToBeVisibleAsync();
        await Link("Messages").ClickAsync();
        var row = Page.GetByRole(AriaRole.Table, new() { Name = "ready messages" }).GetByRole(AriaRole.Row).Nth(1);
        await Expect(row).ToContainTextAsync("""{"order": 17""");
        await Expect(row).ToContainTextAsync("tenant=north");
        await row.GetByRole(AriaRole.Link).ClickAsync();
        await Expect(Page.GetByRole(AriaRole.Region, new() { Name = "Body as JSON" })).ToContainTextAsync("order: 17");
        await Button("Text").ClickAsync();
        await Expect(Page.GetByLabel("Body as text")).ToHaveTextAsync("""{"order": 17, "lines": [{"sku": "a"}]}""");
        await Button("Hex").ClickAsync();
        await Expect(Page.GetByLabel("Body in hexadecimal")).ToContainTextAsync("00000000  7b 22 6f 72");
        await Expect(Page.Locator("main")).ToContainTextAsync("a=b");
        var download = await Page.RunAndWaitForDownloadAsync(() => Button("Download").ClickAsync());
        (await File.ReadAllTextAsync(await download.PathAsync(), TestContext.Current.CancellationToken)).ShouldStartWith(
            """{"order": 17"""
        );
    }

    [Fact]
    public async Task Messages_are_found_among_those_that_are_loaded_and_more_are_loaded_when_asked()
    {
        var queue = await Api.QueueAsync();
        for (var i = 0; i < 40; i++)
            await Api.EnqueueAsync(queue, $"message number {i}");
        await OpenAsync(queue[1..] + "/messages");
        var rows = Page.GetByRole(AriaRole.Table, new() { Name = "ready messages" }).GetByRole(AriaRole.Row);
        await Expect(rows).ToHaveCountAsync(33);
        await Button("More messages").ClickAsync();
        await Expect(rows).ToHaveCountAsync(41);
        await Field("Filter what is loaded").FillAsync("number 37");
        await Expect(rows).ToHaveCountAsync(2);
        await Expect(rows.Nth(1)).ToContainTextAsync("message number 37");
    }

    [Fact]
    public async Task A_scheduled_message_is_cancelled_before_it_is_due()
    {
        var queue = await Api.QueueAsync();
        (await Api.SendAsync(HttpMethod.Post, queue + "/messages?delaySeconds=3600", new StringContent("later"))).Status.ShouldBe(
            HttpStatusCode.Created
        );
        await OpenAsync(queue[1..] + "/messages");
        await Button("Scheduled").ClickAsync();
        await Button("Cancel").ClickAsync();
        await Dialog("Cancel a scheduled message").GetByRole(AriaRole.Button, new() { Name = "Cancel" }).Last.ClickAsync();
        await Expect(Text("No scheduled messages.")).ToBeVisibleAsync();
        (await Api.GetAsync(queue + "/scheduled")).Json["messages"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_queue_is_deleted_by_whoever_types_its_name()
    {
        var queue = await Api.QueueAsync();
        var name = queue["/queues/".Length..];
        await OpenAsync(queue[1..]);
        await Button("Delete queue").ClickAsync();
        var dialog = Dialog($"Delete {name}");
        var confirm = dialog.GetByRole(AriaRole.Button, new() { Name = "Delete queue" });
        await Expect(confirm).ToBeDisabledAsync();
        await Field("Type the name to confirm").FillAsync(name[..^1]);
        await Expect(confirm).ToBeDisabledAsync();
        await Field("Type the name to confirm").FillAsync(name);
        await confirm.ClickAsync();
        await Expect(Told($"{name} is deleted.")).ToBeVisibleAsync();
        (await Api.GetAsync(queue)).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task What_a_button_does_stands_beside_it_as_a_command_that_does_the_same()
    {
        var queue = await Api.QueueAsync();
        await OpenAsync(queue[1..]);
        await Button("Send a message").ClickAsync();
        await Field("Body").FillAsync("it's $HOME and `more`");
        await Page.GetByRole(AriaRole.Dialog).GetByText("As a command").ClickAsync();
        var command = await Page.GetByRole(AriaRole.Dialog).GetByLabel("curl command", new() { Exact = true }).InnerTextAsync();
        (await ShellAsync(command)).ShouldContain("\"duplicate\":false");
        (await Api.DequeueAsync(queue))[0]!["body"]!.GetValue<string>().ShouldBe("it's $HOME and `more`");
    }

    private static async Task<string> ShellAsync(string command)
    {
        var start = new System.Diagnostics.ProcessStartInfo("bash", ["-c", command]) { RedirectStandardOutput = true };
        using var process = System.Diagnostics.Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return output;
    }
}

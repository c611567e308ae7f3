namespace FuncQueue.Dashboard.Tests;

/// <summary>Making, replacing and revoking keys; and what support may do with its own.</summary>
public sealed class KeyStoryTests(AppFixture app, BrowserFixture browser, LockedApp locked)
    : PageTest(app, browser),
        IClassFixture<LockedApp>
{
    private KeyMaker Keys => new(locked.App.Address, KeyMaker.HostKey);

    [Fact]
    public async Task A_key_is_made_shown_once_replaced_and_revoked()
    {
        await OpenAsync("keys", locked.App.Address);
        await SignInAsync(await Keys.MakeMasterAsync());
        var name = $"worker-{Guid.NewGuid():N}";
        await Button("New key").ClickAsync();
        await Field("Name").FillAsync(name);
        await Page.GetByRole(AriaRole.Checkbox, new() { Name = "receive" }).CheckAsync();
        await Field("Resources").FillAsync("orders* topic:prices");
        await Button("Make the key").ClickAsync();
        var shown = Dialog($"The key {name}");
        var first = await shown.Locator("code").InnerTextAsync();
        await shown.GetByRole(AriaRole.Button, new() { Name = "Done" }).ClickAsync();
        (await new ApiClient(locked.App.Address, first).GetAsync("/whoami")).Json["name"]!.GetValue<string>().ShouldBe(name);
        var row = Page.GetByRole(AriaRole.Row).Filter(new() { HasText = name });
        await Expect(row).ToContainTextAsync("topic:prices");
        await Expect(Page.GetByText(first)).ToHaveCountAsync(0);

        await row.GetByRole(AriaRole.Button, new() { Name = "Rotate" }).ClickAsync();
        await Field("The old one stays good for, seconds").FillAsync("0");
        await Dialog($"Rotate {name}").GetByRole(AriaRole.Button, new() { Name = "Rotate" }).ClickAsync();
        var second = await shown.Locator("code").InnerTextAsync();
        await shown.GetByRole(AriaRole.Button, new() { Name = "Done" }).ClickAsync();
        second.ShouldNotBe(first);

        await row.GetByRole(AriaRole.Button, new() { Name = "Revoke" }).ClickAsync();
        await Field("Type the name to confirm").FillAsync(name);
        await Dialog($"Revoke {name}").GetByRole(AriaRole.Button, new() { Name = "Revoke" }).ClickAsync();
        await Expect(row).ToHaveCountAsync(0);
        await Until.TrueAsync(
            async () => (await new ApiClient(locked.App.Address, second).GetAsync("/whoami")).Status == HttpStatusCode.Unauthorized,
            "the key is refused"
        );
    }

    [Fact]
    public async Task With_peek_and_without_redrive_no_dead_letter_can_be_changed_by_the_page_or_by_calling_what_the_page_calls()
    {
        var master = new ApiClient(locked.App.Address, await Keys.MakeMasterAsync());
        var queue = await DeadLetters.MakeAsync(master, ("timeout", 2));
        var id = (await master.GetAsync(queue + "/deadletter/messages")).Json["messages"]![0]!["messageId"]!.GetValue<string>();
        var key = await Keys.MakeAsync($"reader-{Guid.NewGuid():N}", ["inspect", "peek"], ["*"]);
        await OpenAsync(queue[1..] + "/deadletters", locked.App.Address);
        await SignInAsync(key);
        await Expect(Page.GetByRole(AriaRole.Table, new() { Name = "Dead letters", Exact = true })).ToBeVisibleAsync();
        await Expect(Page.GetByRole(AriaRole.Table, new() { Name = "Reasons" })).ToBeVisibleAsync();
        await NothingToDoAsync();
        await Page.GetByRole(AriaRole.Table, new() { Name = "Dead letters", Exact = true }).GetByRole(AriaRole.Link).First.ClickAsync();
        await Expect(Page.GetByRole(AriaRole.Region, new() { Name = "Body", Exact = true })).ToBeVisibleAsync();
        await NothingToDoAsync();
        var caller = new ApiClient(locked.App.Address, key);
        foreach (
            var (method, path, json) in new[]
            {
                (HttpMethod.Post, "/deadletter/redrive", "{}"),
                (HttpMethod.Post, "/deadletter/redrive", """{"dryRun":true}"""),
                (HttpMethod.Post, "/deadletter/purge", "{}"),
                (HttpMethod.Delete, $"/deadletter/messages/{id}", null),
                (HttpMethod.Post, $"/deadletter/messages/{id}/resubmit", "{}"),
                (HttpMethod.Post, "/deadletter/dequeue", null),
                (HttpMethod.Post, "/purge", "{}"),
                (HttpMethod.Delete, $"/messages/{id}", null),
            }
        )
        {
            var answer = await caller.SendAsync(method, queue + path, json is null ? null : ApiClient.Json(json));
            answer.Status.ShouldBe(HttpStatusCode.Forbidden, $"{method} {path}: {answer.Text}");
        }

        (await DeadLetters.CountAsync(master, queue)).ShouldBe(2);
    }

    private async Task NothingToDoAsync()
    {
        foreach (var act in new[] { "Redrive", "Redrive all", "Purge", "Purge all", "Delete", "Edit and resubmit" })
            await Expect(Button(act)).ToHaveCountAsync(0);
        await Expect(Page.GetByRole(AriaRole.Checkbox)).ToHaveCountAsync(0);
    }
}

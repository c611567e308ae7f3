namespace FuncQueue.Dashboard.Tests;

/// <summary>What support does about dead letters.</summary>
public sealed class DeadLetterStoryTests(AppFixture app, BrowserFixture browser) : PageTest(app, browser)
{
    private ILocator Letters => Page.GetByRole(AriaRole.Table, new() { Name = "Dead letters", Exact = true }).GetByRole(AriaRole.Row);

    private ILocator Reasons => Page.GetByRole(AriaRole.Table, new() { Name = "Reasons" }).GetByRole(AriaRole.Row);

    [Fact]
    public async Task They_are_told_by_reason_and_those_of_one_are_redriven_after_a_dry_run_has_counted_them()
    {
        var queue = await DeadLetters.MakeAsync(Api, ("schema mismatch", 3), ("timeout", 2));
        await OpenAsync(queue[1..] + "/deadletters");
        await Expect(Reasons).ToHaveCountAsync(3);
        await Expect(Reasons.Nth(1)).ToContainTextAsync("schema mismatch");
        await Expect(Letters).ToHaveCountAsync(6);
        await Reasons.Nth(1).GetByRole(AriaRole.Button, new() { Name = "Redrive" }).ClickAsync();
        var dialog = Dialog("Redrive the dead letters with this reason");
        await Expect(dialog.GetByText("3 messages would be taken.")).ToBeVisibleAsync();
        (await DeadLetters.CountAsync(Api, queue)).ShouldBe(5, "a dry run changes nothing");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Redrive", Exact = true }).ClickAsync();
        await Expect(Told("3 messages are live again.")).ToBeVisibleAsync();
        await Expect(Letters).ToHaveCountAsync(3);
        await Expect(Reasons).ToHaveCountAsync(2);
        await ReceiveAsync(queue, 3);
    }

    [Fact]
    public async Task One_is_mended_and_resubmitted()
    {
        var queue = await DeadLetters.MakeAsync(Api, ("schema mismatch", 1));
        await OpenAsync(queue[1..] + "/deadletters");
        await Letters.Nth(1).GetByRole(AriaRole.Link).ClickAsync();
        await Expect(Page.Locator("main")).ToContainTextAsync("schema mismatch");
        await Button("Edit and resubmit").ClickAsync();
        await Dialog("Edit and resubmit").GetByLabel("Body", new() { Exact = true }).FillAsync("mended");
        await Field("Attributes").FillAsync("by=support");
        await Dialog("Edit and resubmit").GetByRole(AriaRole.Button, new() { Name = "Resubmit" }).ClickAsync();
        await Expect(Told("It is live again as")).ToBeVisibleAsync();
        await Expect(Text("There are no dead letters.")).ToBeVisibleAsync();
        var message = (await Api.DequeueAsync(queue)).Single()!;
        message["body"]!.GetValue<string>().ShouldBe("mended");
        message["attributes"]!["by"]!.GetValue<string>().ShouldBe("support");
    }

    [Fact]
    public async Task Those_that_are_marked_are_redriven_and_one_is_deleted()
    {
        var queue = await DeadLetters.MakeAsync(Api, ("timeout", 4));
        await OpenAsync(queue[1..] + "/deadletters");
        foreach (var row in new[] { 1, 2 })
            await Letters.Nth(row).GetByRole(AriaRole.Checkbox).CheckAsync();
        await Button("Redrive 2 marked").ClickAsync();
        await Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Redrive 2 marked" }).ClickAsync();
        await Expect(Letters).ToHaveCountAsync(3);
        await Letters.Nth(1).GetByRole(AriaRole.Link).ClickAsync();
        await Button("Delete").ClickAsync();
        await Dialog("Delete a dead letter").GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await Expect(Letters).ToHaveCountAsync(2);
        (await DeadLetters.CountAsync(Api, queue)).ShouldBe(1);
    }

    [Fact]
    public async Task All_are_purged_by_whoever_types_the_queues_name()
    {
        var queue = await DeadLetters.MakeAsync(Api, ("timeout", 3));
        await OpenAsync(queue[1..] + "/deadletters");
        await Button("Purge all").ClickAsync();
        var dialog = Dialog("Purge all dead letters");
        await Expect(dialog.GetByText("3 messages would be taken.")).ToBeVisibleAsync();
        var confirm = dialog.GetByRole(AriaRole.Button, new() { Name = "Purge all" });
        await Expect(confirm).ToBeDisabledAsync();
        await Field("Type the name to confirm").FillAsync(queue["/queues/".Length..]);
        await confirm.ClickAsync();
        await Expect(Told("3 dead letters are purged.")).ToBeVisibleAsync();
        await Expect(Text("There are no dead letters.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_filter_written_by_hand_takes_what_it_matches()
    {
        var queue = await DeadLetters.MakeAsync(Api, ("timeout", 2), ("other", 1));
        await OpenAsync(queue[1..] + "/deadletters");
        await Page.GetByText("By filter", new() { Exact = true }).ClickAsync();
        await Page.Locator(".by-filter").GetByLabel("Reason").FillAsync("timeout");
        await Page.Locator(".by-filter").GetByRole(AriaRole.Button, new() { Name = "Redrive" }).ClickAsync();
        var dialog = Dialog("Redrive what the filter takes");
        await Expect(dialog.GetByText("2 messages would be taken.")).ToBeVisibleAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Redrive", Exact = true }).ClickAsync();
        await Expect(Letters).ToHaveCountAsync(2);
    }
}

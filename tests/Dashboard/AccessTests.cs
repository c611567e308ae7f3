namespace FuncQueue.Dashboard.Tests;

/// <summary>Who gets in, and what each sees there.</summary>
public sealed class AccessTests(AppFixture app, BrowserFixture browser, LockedApp locked) : PageTest(app, browser), IClassFixture<LockedApp>
{
    private KeyMaker Keys => new(locked.App.Address, KeyMaker.HostKey);

    private Task OpenLockedAsync(string place = "") => OpenAsync(place, locked.App.Address);

    [Fact]
    public async Task A_key_opens_the_page_stays_for_the_tab_and_is_never_in_an_address()
    {
        var key = await Keys.MakeMasterAsync();
        await OpenLockedAsync();
        await Expect(Heading("Sign in")).ToBeVisibleAsync();
        await SignInAsync(key);
        await Expect(Heading("Overview")).ToBeVisibleAsync();
        await Page.ReloadAsync();
        await Expect(Heading("Overview")).ToBeVisibleAsync();
        await Button("Sign out").ClickAsync();
        await Expect(Heading("Sign in")).ToBeVisibleAsync();
        await Page.ReloadAsync();
        await Expect(Heading("Sign in")).ToBeVisibleAsync();
        Requests.ShouldAllBe(request => !request.Url.Contains(key.Substring(3)));
        (await Page.EvaluateAsync<string>("JSON.stringify(localStorage)")).ShouldNotContain(key);
    }

    [Fact]
    public async Task Without_the_tick_a_key_is_forgotten_with_the_page()
    {
        var key = await Keys.MakeMasterAsync();
        await OpenLockedAsync();
        await Page.GetByLabel("Keep it until this tab is closed").UncheckAsync();
        await SignInAsync(key);
        (await Page.EvaluateAsync<string>("JSON.stringify(sessionStorage)")).ShouldNotContain(key);
        await Page.ReloadAsync();
        await Expect(Heading("Sign in")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_wrong_key_is_told_so_and_a_revoked_one_ends_the_session()
    {
        await OpenLockedAsync();
        await Field("Key").FillAsync("fq_wrong");
        await Button("Sign in").ClickAsync();
        await Expect(Page.GetByRole(AriaRole.Alert).GetByText("The server does not know this key.")).ToBeVisibleAsync();
        var name = $"short-{Guid.NewGuid():N}";
        await SignInAsync(await Keys.MakeAsync(name, ["inspect"], ["*"]));
        await Expect(Heading("Overview")).ToBeVisibleAsync();
        await Keys.DeleteAsync(name);
        await Expect(Heading("Sign in")).ToBeVisibleAsync();
        await Expect(Text("The key is good no more.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task With_inspect_alone_no_body_is_reachable_by_the_page_or_by_calling_what_the_page_calls()
    {
        var master = new ApiClient(locked.App.Address, await Keys.MakeMasterAsync());
        var queue = await master.QueueAsync();
        var id = await master.EnqueueAsync(queue, "the secret body");
        var key = await Keys.MakeAsync($"look-{Guid.NewGuid():N}", ["inspect"], ["*"]);
        await OpenLockedAsync(queue[1..]);
        await SignInAsync(key);
        await Expect(Heading(queue["/queues/".Length..])).ToBeVisibleAsync();
        await Expect(Link("Settings")).ToBeVisibleAsync();
        foreach (var absent in new[] { "Messages", "Dead letters" })
            await Expect(Page.GetByRole(AriaRole.Navigation, new() { Name = "Parts of the queue" }).GetByText(absent)).ToHaveCountAsync(0);
        foreach (var absent in new[] { "Send a message", "Purge", "Delete queue" })
            await Expect(Button(absent)).ToHaveCountAsync(0);
        // By the address, too.
        foreach (var place in new[] { "messages", "deadletters", $"messages/{id}" })
        {
            await OpenLockedAsync($"{queue[1..]}/{place}");
            await Expect(Page.GetByRole(AriaRole.Alert).GetByText("lacks the right peek").First).ToBeVisibleAsync();
            await Expect(Page.GetByText("the secret body")).ToHaveCountAsync(0);
        }

        var caller = new ApiClient(locked.App.Address, key);
        foreach (var path in new[] { "/messages", "/deadletter/messages", "/scheduled", $"/messages/{id}", $"/messages/{id}/body" })
        {
            var answer = await caller.GetAsync(queue + path);
            answer.Status.ShouldBe(HttpStatusCode.Forbidden, path);
            answer.Text.ShouldNotContain("the secret body");
        }

        (await caller.PostAsync(queue + "/messages/dequeue")).Status.ShouldBe(HttpStatusCode.Forbidden);
    }
}

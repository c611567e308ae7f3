namespace FuncQueue.Dashboard.Tests;

/// <summary>The page asks again by itself: not too often, not for nobody, and until it is answered.</summary>
public sealed class PollingTests(AppFixture app, BrowserFixture browser) : PageTest(app, browser)
{
    [Fact]
    public async Task A_server_that_is_lost_is_told_and_once_it_is_back_the_page_heals_by_itself()
    {
        await using var relay = new Relay(App.App.Address);
        var queue = await Api.QueueAsync();
        var name = queue["/queues/".Length..];
        await OpenAsync("", relay.Address);
        // Not before the shorter list is there: the one of all queues has the link, too.
        var asked = await Page.RunAndWaitForResponseAsync(
            () => Field("Names that begin with").FillAsync(name),
            response => response.Url.Contains("/queues?", StringComparison.Ordinal) && response.Url.Contains(name, StringComparison.Ordinal)
        );
        await asked.FinishedAsync();
        await Expect(Link(name)).ToBeVisibleAsync();
        await relay.StopAsync();
        var lost = Page.GetByRole(AriaRole.Alert).GetByText("What is shown is old");
        await Expect(lost).ToBeVisibleAsync();
        await Expect(Link(name)).ToBeVisibleAsync();
        // Once on the page, however many of its parts ask in vain.
        await Link(name).ClickAsync();
        await Expect(Heading(name)).ToBeVisibleAsync();
        await Expect(Page.GetByText("does not answer")).ToHaveCountAsync(1);
        await OpenAsync("", relay.Address);
        await Field("Names that begin with").FillAsync(name);
        await Expect(Page.GetByText("does not answer")).ToHaveCountAsync(1);
        await Expect(Button("Try again")).ToHaveCountAsync(0);
        (await Api.DeleteAsync(queue)).Status.ShouldBe(HttpStatusCode.NoContent);
        relay.Start();
        await Expect(lost).ToHaveCountAsync(0);
        await Expect(Text("No queue begins so.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Lists_that_were_asked_for_in_vain_are_there_once_the_server_is_back()
    {
        await using var relay = new Relay(App.App.Address);
        var queue = await DeadLetters.MakeAsync(Api, ("timeout", 2));
        await OpenAsync(queue[1..], relay.Address);
        await Expect(Link("Dead letters")).ToBeVisibleAsync();
        await relay.StopAsync();
        await Expect(Page.GetByText("does not answer")).ToHaveCountAsync(1);
        await Link("Dead letters").ClickAsync();
        await Expect(Heading("Dead letters")).ToBeVisibleAsync();
        await Expect(Page.GetByText("does not answer")).ToHaveCountAsync(1);
        relay.Start();
        await Expect(Page.GetByRole(AriaRole.Table, new() { Name = "Dead letters", Exact = true })).ToBeVisibleAsync();
        await Expect(Page.GetByRole(AriaRole.Table, new() { Name = "Reasons", Exact = true })).ToBeVisibleAsync();
        await Expect(Page.GetByText("does not answer")).ToHaveCountAsync(0);
    }

    /// <summary>By the clock of the page, which the test sets forward.</summary>
    [Fact]
    public async Task A_tab_that_nobody_sees_asks_nothing_until_somebody_does()
    {
        var queue = await Api.QueueAsync();
        await Page.Clock.InstallAsync();
        await Page.AddInitScriptAsync(
            """
            window.asked = 0;
            const fetch = window.fetch;
            window.fetch = (...all) => {
              window.asked++;
              return fetch(...all);
            };
            window.show = (state) => {
              Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state });
              document.dispatchEvent(new Event('visibilitychange'));
              return window.asked;
            };
            """
        );
        await OpenAsync(queue[1..]);
        await Expect(Link("Messages")).ToBeVisibleAsync();
        // While it is seen, time alone makes it ask.
        var first = await Page.EvaluateAsync<int>("window.asked");
        await Until.TrueAsync(
            async () =>
            {
                await Page.Clock.RunForAsync("00:30");
                return await Page.EvaluateAsync<int>("window.asked") > first + 3;
            },
            "the page asks again"
        );
        var seen = await Page.EvaluateAsync<int>("window.show('hidden')");
        await Page.Clock.RunForAsync("30:00");
        (await Page.EvaluateAsync<int>("window.asked")).ShouldBe(seen);
        await Page.EvaluateAsync("window.show('visible')");
        await Until.TrueAsync(async () => await Page.EvaluateAsync<int>("window.asked") > seen, "it asks at once when it is seen");
    }

    /// <summary>The pauses that the page asks for are kept, and pass a hundred times as fast.</summary>
    [Fact]
    public async Task What_is_refused_and_what_does_not_change_is_asked_for_less_and_less_often()
    {
        await Page.AddInitScriptAsync(
            """
            window.pauses = [];
            const wait = window.setTimeout;
            window.setTimeout = (work, time, ...rest) => {
              window.pauses.push(time);
              return wait(work, time / 100, ...rest);
            };
            """
        );
        await Page.RouteAsync("**/queues?**", route => AnswerAsync(route, 503, """{"detail":"Not now."}"""));
        await Page.RouteAsync("**/topics?**", route => AnswerAsync(route, 200, """{"topics":[]}"""));
        await OpenAsync();
        await Expect(Page.GetByText("Not now.").First).ToBeVisibleAsync();
        int[] refused = [1000, 2000, 4000, 8000, 16000];
        int[] unchanged = [5000, 7500, 11250];
        await Until.TrueAsync(
            async () =>
                await PausesAsync(refused) is { } r
                && r.Take(refused.Length).SequenceEqual(refused)
                && (await PausesAsync(unchanged)).Take(unchanged.Length).SequenceEqual(unchanged),
            "the pauses grow"
        );
        // And no further than half a minute.
        await Until.TrueAsync(async () => (await PausesAsync([30000])).Length >= 4, "the longest pause comes again");
        (await PausesAsync(refused)).ShouldBe(refused);
        (await PausesAsync(unchanged)).ShouldBe(unchanged);
    }

    /// <summary>The pauses so far, of these lengths.</summary>
    private Task<int[]> PausesAsync(int[] lengths) =>
        Page.EvaluateAsync<int[]>("lengths => window.pauses.filter(p => lengths.includes(p))", lengths);

    private static Task AnswerAsync(IRoute route, int status, string json) =>
        route.FulfillAsync(
            new()
            {
                Status = status,
                ContentType = "application/json",
                Body = json,
            }
        );
}

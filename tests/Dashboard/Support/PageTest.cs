using System.Collections.Concurrent;
using Deque.AxeCore.Playwright;

namespace FuncQueue.Dashboard.Tests.Support;

/// <summary>
/// A test that looks at pages. In its end nothing may have gone wrong in the browser: no error in the console, none in a script, no
/// violation of the page's policy, no request to another host.
/// </summary>
public abstract class PageTest(AppFixture app, BrowserFixture browser) : IAsyncLifetime
{
    private readonly ConcurrentQueue<string> faults = new();
    private readonly ConcurrentQueue<IRequest> requests = new();
    private IBrowserContext? context;

    protected AppFixture App => app;

    protected ApiClient Api => app.Client;

    protected IPage Page { get; private set; } = null!;

    /// <summary>Whatever the pages have asked for.</summary>
    protected IReadOnlyCollection<IRequest> Requests => requests;

    /// <summary>Hosts that pages may ask beside their own.</summary>
    protected ICollection<string> AllowedHosts { get; } = [];

    protected virtual BrowserNewContextOptions ContextOptions =>
        new()
        {
            ViewportSize = new ViewportSize { Width = 1280, Height = 800 },
            Locale = "en-GB",
            TimezoneId = "Europe/Berlin",
            ColorScheme = ColorScheme.Light,
        };

    public async ValueTask InitializeAsync()
    {
        context = await browser.Browser.NewContextAsync(ContextOptions);
        context.SetDefaultTimeout(BrowserFixture.Deadline);
        Page = await NewPageAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (context is not null)
            await context.DisposeAsync();
        faults.ShouldBeEmpty();
        GC.SuppressFinalize(this);
    }

    /// <summary>A tab of the same browser window.</summary>
    protected async Task<IPage> NewPageAsync()
    {
        var page = await context!.NewPageAsync();
        page.Console += (_, message) =>
        {
            // That a server refuses, or is not there, is told as an error, whatever the page makes of it.
            if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
                faults.Enqueue("console: " + message.Text);
        };
        page.PageError += (_, error) => faults.Enqueue("script: " + error);
        page.Request += (_, request) =>
        {
            requests.Enqueue(request);
            var url = new Uri(request.Url);
            if (url.Scheme is "http" or "https" && url.Host is not ("127.0.0.1" or "localhost") && !AllowedHosts.Contains(url.Authority))
                faults.Enqueue("foreign: " + request.Url);
        };
        return page;
    }

    /// <summary>Opens a page of the dashboard, as <c>queues/orders</c>.</summary>
    protected Task OpenAsync(string place = "", string? address = null) =>
        Page.GotoAsync($"{address ?? app.App.Address}/dashboard#/{place}");

    protected Task SignInAsync(string key) => SignInAsync(Page, key);

    protected static async Task SignInAsync(IPage page, string key)
    {
        await page.GetByLabel("Key", new() { Exact = true }).FillAsync(key);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Navigation, new() { Name = "Pages" }).WaitForAsync();
    }

    protected ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    protected ILocator Link(string name) => Page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true });

    protected ILocator Heading(string name) => Page.GetByRole(AriaRole.Heading, new() { Name = name, Exact = true });

    protected ILocator Dialog(string title) => Page.GetByRole(AriaRole.Dialog, new() { Name = title, Exact = true });

    protected ILocator Field(string label) => Page.GetByLabel(label, new() { Exact = true });

    /// <summary>What was done last, as the page tells it.</summary>
    protected ILocator Told(string text) => Page.GetByRole(AriaRole.Status).GetByText(text);

    protected ILocator Text(string text) => Page.GetByText(text, new() { Exact = true });

    protected static ILocatorAssertions Expect(ILocator locator) => Assertions.Expect(locator);

    /// <summary>Receives so many messages, however long they take to come, and no more.</summary>
    protected async Task<IReadOnlyList<JsonNode>> ReceiveAsync(string queue, int count)
    {
        var taken = new List<JsonNode>();
        await Until.TrueAsync(
            async () =>
            {
                taken.AddRange((await Api.DequeueAsync(queue, "?maxMessages=100&waitSeconds=5")).Select(m => m!));
                return taken.Count >= count;
            },
            $"{count} messages come"
        );
        taken.Count.ShouldBe(count);
        return taken;
    }

    /// <summary>What axe has against the page as it is, of what is serious.</summary>
    protected async Task HasNoBarriersAsync(string where)
    {
        var result = await Page.RunAxe();
        result
            .Violations.Where(v => v.Impact is "serious" or "critical")
            .Select(v => $"{where}: {v.Id}: {v.Help}: {string.Join(" | ", v.Nodes.Select(n => n.Html).Take(3))}")
            .ShouldBeEmpty();
    }
}

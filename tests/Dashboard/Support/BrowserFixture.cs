[assembly: AssemblyFixture(typeof(FuncQueue.Dashboard.Tests.Support.BrowserFixture))]

namespace FuncQueue.Dashboard.Tests.Support;

/// <summary>One browser for the tests; each has a context of its own, which shares nothing with the others.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    /// <summary>Long enough for the slowest machine; nothing waits longer than it must.</summary>
    public const float Deadline = 90_000;

    private IPlaywright? playwright;

    public IBrowser Browser { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Assertions.SetDefaultExpectTimeout(Deadline);
        var path = await Chromium.FindAsync();
        playwright = await Playwright.CreateAsync();
        Browser = await playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions
            {
                ExecutablePath = path,
                Args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
                Timeout = Deadline,
            }
        );
    }

    public async ValueTask DisposeAsync()
    {
        if (Browser is not null)
            await Browser.DisposeAsync();
        playwright?.Dispose();
    }
}

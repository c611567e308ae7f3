namespace FuncQueue.Dashboard.Tests;

/// <summary>Users sign in with accounts of a directory: OAuth's code flow with PKCE.</summary>
public sealed class EntraTests(AppFixture app, BrowserFixture browser) : PageTest(app, browser)
{
    private const string Client = "11111111-2222-3333-4444-555555555555";

    [Fact]
    public async Task Whoever_signs_in_at_the_directory_gets_in_with_the_roles_that_the_token_has()
    {
        await using var directory = new OpenIdProvider();
        directory.SignIn("FuncQueue.Inspect");
        await using var locked = await StartAsync(directory);
        await OpenAsync("health", locked.Address);
        await Button("Sign in with Entra ID").ClickAsync();
        await Expect(Heading("Health and limits")).ToBeVisibleAsync();
        await Expect(Page.GetByText("inspect", new() { Exact = true })).ToBeVisibleAsync();
        Page.Url.ShouldNotContain("code=");
        await Page.ReloadAsync();
        await Expect(Heading("Health and limits")).ToBeVisibleAsync();
        // Neither the code nor the token is ever in an address that a server sees.
        Requests.ShouldAllBe(request => !new Uri(request.Url).Query.Contains("code=") && !request.Url.Contains("eyJ"));
    }

    [Fact]
    public async Task A_sign_in_that_the_directory_refuses_is_told_and_one_that_was_not_begun_here_is_none()
    {
        await using var directory = new OpenIdProvider();
        await using var locked = await StartAsync(directory);
        await OpenAsync("", locked.Address);
        await Button("Sign in with Entra ID").ClickAsync();
        await Expect(Page.GetByRole(AriaRole.Alert).GetByText("nobody is signed in")).ToBeVisibleAsync();
        await Page.GotoAsync($"{locked.Address}/dashboard#code=stolen&state=other");
        await Page.ReloadAsync();
        await Expect(Heading("Sign in")).ToBeVisibleAsync();
        Requests.ShouldAllBe(request => !request.Url.EndsWith("/token"));
    }

    [Theory]
    [InlineData("FuncQueueDashboard__EntraClientId", "a b")]
    [InlineData("FuncQueueDashboard__EntraClientId", "alone")]
    [InlineData("FuncQueueDashboard__Enabled", "perhaps")]
    public async Task A_setting_that_is_wrong_ends_the_start(string name, string value)
    {
        var (code, output) = await AppProcess.RunAsync(App.Environment(new() { [name] = value }), "--urls", "http://127.0.0.1:0");
        code.ShouldNotBe(0);
        output.ShouldContain(name.Replace("__", ":"));
    }

    private async Task<AppProcess> StartAsync(OpenIdProvider directory)
    {
        AllowedHosts.Add(new Uri(directory.Authority).Authority);
        var settings = directory.Settings.ToDictionary();
        settings["FuncQueueDashboard__EntraClientId"] = Client;
        settings["LocalHost__HostKey"] = KeyMaker.HostKey;
        settings["FuncQueue__RegistryTable"] = "entra" + Guid.NewGuid().ToString("N");
        return await AppProcess.StartAsync(App.Environment(settings));
    }
}

using FuncQueue.LocalHost.Azurite;

[assembly: AssemblyFixture(typeof(FuncQueue.App.Tests.Support.AppFixture))]

namespace FuncQueue.App.Tests.Support;

/// <summary>One Azurite and one function app for the tests; each test has queues of its own.</summary>
public sealed class AppFixture : IAsyncLifetime
{
    private AzuriteServer? azurite;
    private AppProcess? app;

    /// <summary>The storage, for apps that a test starts itself.</summary>
    public string ConnectionString => azurite!.ConnectionString;

    public AppProcess App => app!;

    /// <summary>A client whose every answer is checked against the OpenAPI document.</summary>
    public ApiClient Client { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        azurite = await AzuriteServer.StartForTestsAsync();
        app = await AppProcess.StartAsync(Environment(new Dictionary<string, string?>()));
        Client = new ApiClient(app.Address);
    }

    public async ValueTask DisposeAsync()
    {
        if (app is not null)
            await app.DisposeAsync();
        if (azurite is not null)
            await azurite.DisposeAsync();
    }

    /// <summary>The environment of an app on this storage.</summary>
    public IReadOnlyDictionary<string, string?> Environment(Dictionary<string, string?> more)
    {
        more["FuncQueueStorage"] = ConnectionString;
        return more;
    }
}

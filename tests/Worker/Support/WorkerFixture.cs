using FuncQueue.LocalHost.Azurite;

[assembly: AssemblyFixture(typeof(FuncQueue.Worker.Tests.Support.WorkerFixture))]

namespace FuncQueue.Worker.Tests.Support;

/// <summary>One Azurite and one published app for the tests; each test has queues of its own.</summary>
public sealed class WorkerFixture : IAsyncLifetime
{
    // Callers show tokens of this directory: with a key there would be no time without keys, in which SQS clients need not sign.
    private readonly OpenIdProvider directory = new();
    private AzuriteServer? azurite;
    private WorkerApp? app;

    /// <summary>The storage, for apps that a test starts itself.</summary>
    public string ConnectionString => azurite!.ConnectionString;

    public WorkerApp App => app!;

    /// <summary>A client whose every answer is checked against the OpenAPI document.</summary>
    public ApiClient Client { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        azurite = await AzuriteServer.StartForTestsAsync();
        app = await WorkerApp.StartAsync(Environment([]));
        Client = new ApiClient(app.Address, directory.Token("FuncQueue.Manage"));
    }

    public async ValueTask DisposeAsync()
    {
        if (app is not null)
            await app.DisposeAsync();
        if (azurite is not null)
            await azurite.DisposeAsync();
        await directory.DisposeAsync();
    }

    /// <summary>The environment of an app on this storage.</summary>
    public IReadOnlyDictionary<string, string?> Environment(Dictionary<string, string?> more)
    {
        more["FuncQueueStorage"] = ConnectionString;
        foreach (var (name, value) in directory.Settings)
            more[name] = value;
        return more;
    }
}

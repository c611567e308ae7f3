namespace FuncQueue.App.Tests.Access;

/// <summary>An app that wants keys from the start, with queues and keys of its own, for the tests of a class.</summary>
public sealed class LockedApp(AppFixture fixture) : IAsyncLifetime
{
    private readonly string registry = "locked" + Guid.NewGuid().ToString("N");
    private AppProcess? app;

    public AppProcess App => app!;

    public async ValueTask InitializeAsync() => app = await StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (app is not null)
            await app.DisposeAsync();
    }

    /// <summary>A process on the same queues and keys, or on others.</summary>
    public Task<AppProcess> StartAsync(params (string Name, string Value)[] settings)
    {
        var environment = new Dictionary<string, string?>
        {
            ["LocalHost__HostKey"] = KeyMaker.HostKey,
            ["FuncQueue__RegistryTable"] = registry,
        };
        foreach (var (name, value) in settings)
            environment[name] = value;
        return AppProcess.StartAsync(fixture.Environment(environment));
    }
}

namespace FuncQueue.Client.Tests.Chaos;

/// <summary>An app that is killed and started again, behind a proxy that nothing can be relied on.</summary>
internal sealed class ChaoticServer : IAsyncDisposable
{
    private readonly AppFixture app;
    private readonly ChaoticProxy proxy;
    private readonly List<FuncQueueClient> clients = [];
    private AppProcess server;

    private ChaoticServer(AppFixture app, ChaoticProxy proxy, AppProcess server) =>
        (this.app, this.proxy, this.server) = (app, proxy, server);

    /// <summary>How many requests something has happened to.</summary>
    public int Troubles => proxy.Troubles;

    public static async Task<ChaoticServer> StartAsync(AppFixture app, int seed, ITraffic traffic)
    {
        var proxy = await ChaoticProxy.StartAsync(seed, traffic);
        var server = await AppProcess.StartAsync(app.Environment());
        (proxy.Target, proxy.Trouble) = (new Uri(server.Address), 15);
        return new(app, proxy, server);
    }

    /// <summary>A client that does not give up.</summary>
    public FuncQueueClient Client()
    {
        var options = new FuncQueueClientOptions
        {
            RetryDelay = TimeSpan.FromMilliseconds(20),
            MaxRetryDelay = TimeSpan.FromSeconds(1),
            MaxRetries = 20,
        };
        var client = new FuncQueueClient(proxy.Address, options: options);
        clients.Add(client);
        return client;
    }

    /// <summary>Another process takes its place, at once or after a time; there was no goodbye.</summary>
    public async Task KillAndRestartAsync(TimeSpan away = default)
    {
        server.Kill();
        await server.DisposeAsync();
        await Task.Delay(away, TimeProvider.System);
        server = await AppProcess.StartAsync(app.Environment());
        proxy.Target = new Uri(server.Address);
    }

    public void Calm() => proxy.Trouble = 0;

    public async ValueTask DisposeAsync()
    {
        foreach (var client in clients)
            await client.DisposeAsync();
        await proxy.DisposeAsync();
        await server.DisposeAsync();
    }
}

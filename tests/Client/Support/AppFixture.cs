using FuncQueue.LocalHost.Azurite;

[assembly: AssemblyFixture(typeof(FuncQueue.Client.Tests.Support.AppFixture))]

namespace FuncQueue.Client.Tests.Support;

/// <summary>One Azurite and one app for the tests; each test has queues of its own.</summary>
public sealed class AppFixture : IAsyncLifetime
{
    private AzuriteServer? azurite;
    private AppProcess? app;

    public Uri Address => new(app!.Address);

    public async ValueTask InitializeAsync()
    {
        azurite = await AzuriteServer.StartForTestsAsync();
        app = await AppProcess.StartAsync(Environment());
    }

    public async ValueTask DisposeAsync()
    {
        if (app is not null)
            await app.DisposeAsync();
        if (azurite is not null)
            await azurite.DisposeAsync();
    }

    /// <summary>The environment of an app on this storage.</summary>
    public Dictionary<string, string?> Environment(string? registry = null)
    {
        var environment = new Dictionary<string, string?> { ["FuncQueueStorage"] = azurite!.ConnectionString };
        if (registry is not null)
            environment["FuncQueue__RegistryTable"] = registry;
        return environment;
    }

    /// <summary>A client of the app, whose requests pass through a handler of the test's.</summary>
    public FuncQueueClient Client(HttpMessageHandler? handler = null, Action<FuncQueueClientOptions>? configure = null)
    {
        var options = new FuncQueueClientOptions { Handler = handler };
        configure?.Invoke(options);
        return new FuncQueueClient(Address, options: options);
    }

    /// <summary>A new topic.</summary>
    public async Task<string> TopicAsync(int partitions = 1)
    {
        await using var client = Client();
        var name = $"t{Guid.NewGuid():N}";
        await client.Administration.Topics.CreateOrUpdateTopicAsync(name, new TopicSettings { Partitions = partitions });
        return name;
    }

    /// <summary>A new queue.</summary>
    public async Task<string> QueueAsync(QueueSettings? settings = null, bool fifo = false)
    {
        await using var client = Client();
        var name = $"q{Guid.NewGuid():N}{(fifo ? ".fifo" : "")}";
        settings ??= new();
        settings.Type = fifo ? "fifo" : "standard";
        await client.Administration.CreateQueueAsync(name, settings);
        return name;
    }
}

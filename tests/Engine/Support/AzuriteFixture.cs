using FuncQueue.Engine.Tests.Support;
using FuncQueue.LocalHost.Azurite;

[assembly: AssemblyFixture(typeof(AzuriteFixture))]

namespace FuncQueue.Engine.Tests.Support;

/// <summary>One real Azurite for all tests, in memory on free ports. If it cannot start, every test fails.</summary>
public sealed class AzuriteFixture : IAsyncLifetime
{
    private AzuriteServer? server;

    public string ConnectionString => (server ?? throw new InvalidOperationException("Azurite was not started.")).ConnectionString;

    public async ValueTask InitializeAsync() => server = await AzuriteServer.StartForTestsAsync();

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
            await server.DisposeAsync();
    }
}

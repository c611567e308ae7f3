using FuncQueue.LocalHost.Azurite;

namespace FuncQueue.Engine.Tests.Accounts;

/// <summary>A second storage account: an Azurite of its own.</summary>
public sealed class SecondAccount : IAsyncLifetime
{
    private AzuriteServer? server;

    public string ConnectionString => server!.ConnectionString;

    public Uri TableServiceUri => server!.TableServiceUri;

    public async ValueTask InitializeAsync() => server = await AzuriteServer.StartForTestsAsync();

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
            await server.DisposeAsync();
    }
}

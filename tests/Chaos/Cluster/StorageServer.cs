using System.Text.RegularExpressions;
using FuncQueue.LocalHost.Azurite;

namespace FuncQueue.Chaos.Cluster;

/// <summary>The Azurite that all processes share. It keeps its data on disk, and comes back at the same address.</summary>
internal sealed partial class StorageServer : IAsyncDisposable
{
    // On a machine with much else to do it takes a while until all is on disk.
    private static readonly TimeSpan StopTime = TimeSpan.FromMinutes(3);

    private readonly string folder;
    private AzuriteOptions options;
    private AzuriteServer server;

    private StorageServer(string folder, AzuriteOptions options, AzuriteServer server)
    {
        this.folder = folder;
        this.options = options;
        this.server = server;
        ConnectionString = server.ConnectionString;
    }

    public string ConnectionString { get; }

    public int ProcessId => server.ProcessId;

    public static async Task<StorageServer> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("funcqueue-chaos-").FullName;
        var options = new AzuriteOptions { Location = folder, StopTime = StopTime };
        return new StorageServer(folder, options, await AzuriteServer.StartForTestsAsync(options));
    }

    /// <summary>Stops as a supervisor would: what was acknowledged is on disk then.</summary>
    public async Task StopAsync()
    {
        options = options with { BlobPort = Port("Blob"), QueuePort = Port("Queue"), TablePort = Port("Table") };
        await server.DisposeAsync();
        if (server.WasKilled)
            throw new TimeoutException(
                $"Azurite did not stop within {StopTime}, so it may have lost what it had acknowledged: the run says nothing."
            );
    }

    public async Task StartAgainAsync() => server = await AzuriteServer.StartForTestsAsync(options);

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private int Port(string service) =>
        int.Parse(
            Endpoint().Matches(ConnectionString).Single(m => m.Groups["service"].Value == service).Groups["port"].Value,
            System.Globalization.CultureInfo.InvariantCulture
        );

    [GeneratedRegex(@"(?<service>\w+)Endpoint=http://[^:]+:(?<port>\d+)")]
    private static partial Regex Endpoint();
}

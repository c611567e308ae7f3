using Microsoft.Extensions.Hosting;

namespace FuncQueue.Client.Hosting;

/// <summary>A group reader that lives as long as its host.</summary>
internal sealed class GroupReaderService(FuncQueueGroupReader reader) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => reader.StartAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => reader.StopAsync(cancellationToken);
}

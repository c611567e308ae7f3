using Microsoft.Extensions.Hosting;

namespace FuncQueue.Client.Hosting;

/// <summary>A processor that lives as long as its host.</summary>
internal sealed class ProcessorService(FuncQueueProcessor processor) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => processor.StartAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => processor.StopAsync(cancellationToken);
}

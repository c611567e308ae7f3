using Microsoft.Extensions.Hosting;

namespace FuncQueue.Client.Hosting;

/// <summary>A processor or a reader that lives as long as its host.</summary>
internal sealed class HostedRun(Func<CancellationToken, Task> start, Func<CancellationToken, Task> stop) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => start(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => stop(cancellationToken);
}

using FuncQueue.Client;
using Microsoft.Extensions.Hosting;

namespace FuncQueue.Samples.Worker;

/// <summary>Creates the queue where it is missing.</summary>
internal sealed class Queues(FuncQueueClient client) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) =>
        client.Administration.CreateOrUpdateQueueAsync("orders", cancellationToken: cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

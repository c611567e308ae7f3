using FuncQueue.Client;
using Microsoft.Extensions.Hosting;

namespace FuncQueue.Samples.Reader;

/// <summary>Creates the topic where it is missing. Up to as many readers as it has partitions share the work.</summary>
internal sealed class Topics(FuncQueueClient client) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) =>
        client.Administration.Topics.CreateOrUpdateTopicAsync("prices", cancellationToken: cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

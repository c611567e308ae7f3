using System.Diagnostics.CodeAnalysis;
using FuncQueue.Client.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace FuncQueue.Client;

/// <summary>Adds to a client in a service collection.</summary>
public sealed class FuncQueueBuilder
{
    private readonly IConfiguration? configuration;

    internal FuncQueueBuilder(IServiceCollection services, IConfiguration? configuration)
    {
        (Services, this.configuration) = (services, configuration);
    }

    /// <summary>Where it adds.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Adds a sender, to be asked for by the queue's name as key.</summary>
    public FuncQueueBuilder AddSender(string queue, FuncQueueSenderOptions? options = null)
    {
        Services.AddKeyedSingleton(queue, (provider, _) => provider.GetRequiredService<FuncQueueClient>().CreateSender(queue, options));
        return this;
    }

    /// <summary>Adds a publisher, to be asked for by the topic's name as key.</summary>
    public FuncQueueBuilder AddPublisher(string topic, FuncQueueSenderOptions? options = null)
    {
        Services.AddKeyedSingleton(topic, (provider, _) => provider.GetRequiredService<FuncQueueClient>().CreatePublisher(topic, options));
        return this;
    }

    /// <summary>
    /// Runs a handler for each message of a queue while the host runs; when it stops, handlers are awaited for the host's shutdown time.
    /// Options are those of the section <c>Processors:{queue}</c> of what the client was configured with, then what
    /// <paramref name="configure"/> does.
    /// </summary>
    public FuncQueueBuilder AddProcessor<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
        string queue,
        Action<FuncQueueProcessorOptions>? configure = null
    )
        where THandler : class, IFuncQueueHandler
    {
        ArgumentException.ThrowIfNullOrEmpty(queue);
        Services.AddScoped<THandler>();
        var options = Services.AddOptions<FuncQueueProcessorOptions>(queue);
        if (configuration is not null)
            options.Configure(value => ConfiguredProcessor.Apply(configuration.GetSection("Processors").GetSection(queue), value));
        if (configure is not null)
            options.Configure(configure);
        Services.AddSingleton<IHostedService>(provider => new ProcessorService(
            provider
                .GetRequiredService<FuncQueueClient>()
                .CreateProcessor(
                    queue,
                    context => HandleAsync<THandler>(provider, context),
                    provider.GetRequiredService<IOptionsMonitor<FuncQueueProcessorOptions>>().Get(queue)
                )
        ));
        return this;
    }

    /// <summary>
    /// Reads a topic as a member of a group while the host runs, with a handler for its records. Options are those of the section
    /// <c>GroupReaders:{topic}:{group}</c> of what the client was configured with, then what <paramref name="configure"/> does.
    /// </summary>
    public FuncQueueBuilder AddGroupReader<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
        string topic,
        string group,
        Action<FuncQueueGroupReaderOptions>? configure = null
    )
        where THandler : class, IFuncQueueRecordsHandler
    {
        ArgumentException.ThrowIfNullOrEmpty(topic);
        ArgumentException.ThrowIfNullOrEmpty(group);
        Services.AddScoped<THandler>();
        // Names have no slash.
        var name = $"{topic}/{group}";
        var options = Services.AddOptions<FuncQueueGroupReaderOptions>(name);
        if (configuration is not null)
            options.Configure(value =>
                ConfiguredGroupReader.Apply(configuration.GetSection("GroupReaders").GetSection(topic).GetSection(group), value)
            );
        if (configure is not null)
            options.Configure(configure);
        Services.AddSingleton<IHostedService>(provider => new GroupReaderService(
            provider
                .GetRequiredService<FuncQueueClient>()
                .CreateGroupReader(
                    topic,
                    group,
                    context => HandleAsync<THandler>(provider, context),
                    provider.GetRequiredService<IOptionsMonitor<FuncQueueGroupReaderOptions>>().Get(name)
                )
        ));
        return this;
    }

    private static async Task HandleAsync<THandler>(IServiceProvider provider, ProcessRecordsContext context)
        where THandler : class, IFuncQueueRecordsHandler
    {
        await using var scope = provider.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<THandler>().HandleAsync(context, context.CancellationToken);
    }

    private static async Task HandleAsync<THandler>(IServiceProvider provider, ProcessMessageContext context)
        where THandler : class, IFuncQueueHandler
    {
        await using var scope = provider.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<THandler>().HandleAsync(context, context.CancellationToken);
    }
}

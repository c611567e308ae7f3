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
        AddOptions(queue, ["Processors", queue], ConfiguredProcessor.Apply, configure);
        return AddRun(provider =>
        {
            var processor = provider
                .GetRequiredService<FuncQueueClient>()
                .CreateProcessor(
                    queue,
                    context => InScopeAsync<THandler>(provider, handler => handler.HandleAsync(context, context.CancellationToken)),
                    provider.GetRequiredService<IOptionsMonitor<FuncQueueProcessorOptions>>().Get(queue)
                );
            return new HostedRun(processor.StartAsync, processor.StopAsync);
        });
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
        AddOptions(name, ["GroupReaders", topic, group], ConfiguredGroupReader.Apply, configure);
        return AddRun(provider =>
        {
            var reader = provider
                .GetRequiredService<FuncQueueClient>()
                .CreateGroupReader(
                    topic,
                    group,
                    context => InScopeAsync<THandler>(provider, handler => handler.HandleAsync(context, context.CancellationToken)),
                    provider.GetRequiredService<IOptionsMonitor<FuncQueueGroupReaderOptions>>().Get(name)
                );
            return new HostedRun(reader.StartAsync, reader.StopAsync);
        });
    }

    /// <summary>Options of what is configured at a path, then of what the code says.</summary>
    private void AddOptions<TOptions>(
        string name,
        IEnumerable<string> path,
        Action<IConfiguration, TOptions> apply,
        Action<TOptions>? configure
    )
        where TOptions : class
    {
        var options = Services.AddOptions<TOptions>(name);
        if (configuration is not null)
            options.Configure(value => apply(path.Aggregate(configuration, (section, key) => section.GetSection(key)), value));
        if (configure is not null)
            options.Configure(configure);
    }

    private FuncQueueBuilder AddRun(Func<IServiceProvider, IHostedService> make)
    {
        Services.AddSingleton(make);
        return this;
    }

    private static async Task InScopeAsync<THandler>(IServiceProvider provider, Func<THandler, Task> handleAsync)
        where THandler : class
    {
        await using var scope = provider.CreateAsyncScope();
        await handleAsync(scope.ServiceProvider.GetRequiredService<THandler>());
    }
}

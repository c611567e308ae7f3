using FuncQueue.Client.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FuncQueue.Client;

/// <summary>FuncQueue in a host.</summary>
public static class FuncQueueServiceCollectionExtensions
{
    /// <summary>Adds a <see cref="FuncQueueClient"/>.</summary>
    public static FuncQueueBuilder AddFuncQueue(this IServiceCollection services, Action<FuncQueueClientOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return Add(services, null, configure);
    }

    /// <summary>
    /// Adds a <see cref="FuncQueueClient"/> whose options are those of a section (<c>Endpoint</c>, <c>Key</c>, <c>MaxRetries</c> …), then
    /// what <paramref name="configure"/> does.
    /// </summary>
    public static FuncQueueBuilder AddFuncQueue(
        this IServiceCollection services,
        IConfiguration configuration,
        Action<FuncQueueClientOptions>? configure = null
    )
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return Add(services, configuration, configure);
    }

    /// <summary>Adds a check of whether the server says that it is well.</summary>
    public static IHealthChecksBuilder AddFuncQueue(
        this IHealthChecksBuilder checks,
        string name = "funcqueue",
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null
    )
    {
        ArgumentNullException.ThrowIfNull(checks);
        return checks.Add(
            new HealthCheckRegistration(
                name,
                provider => new ServerHealthCheck(provider.GetRequiredService<FuncQueueClient>()),
                failureStatus,
                tags
            )
        );
    }

    private static FuncQueueBuilder Add(
        IServiceCollection services,
        IConfiguration? configuration,
        Action<FuncQueueClientOptions>? configure
    )
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptions<FuncQueueClientOptions>();
        if (configuration is not null)
            options.Configure(value => ConfiguredClient.Apply(configuration, value));
        if (configure is not null)
            options.Configure(configure);
        options
            .Configure<IServiceProvider>(
                (value, provider) =>
                {
                    value.LoggerFactory ??= provider.GetService<ILoggerFactory>();
                    if (provider.GetService<TimeProvider>() is { } time && value.TimeProvider == TimeProvider.System)
                        value.TimeProvider = time;
                }
            )
            .Validate(value => value.Endpoint is { IsAbsoluteUri: true }, "FuncQueue: Endpoint must be the absolute address of the app.")
            .ValidateOnStart();
        services.TryAddSingleton(provider => new FuncQueueClient(provider.GetRequiredService<IOptions<FuncQueueClientOptions>>().Value));
        return new FuncQueueBuilder(services, configuration);
    }
}

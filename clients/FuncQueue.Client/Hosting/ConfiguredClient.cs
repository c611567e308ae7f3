using Microsoft.Extensions.Configuration;

namespace FuncQueue.Client.Hosting;

/// <summary>What of the options can stand in configuration.</summary>
internal sealed class ConfiguredClient
{
    public Uri? Endpoint { get; set; }
    public string? Key { get; set; }
    public int? MaxRetries { get; set; }
    public TimeSpan? RetryDelay { get; set; }
    public TimeSpan? MaxRetryDelay { get; set; }
    public TimeSpan? AttemptTimeout { get; set; }

    public static void Apply(IConfiguration configuration, FuncQueueClientOptions options)
    {
        if (configuration.Get<ConfiguredClient>() is not { } read)
            return;
        options.Endpoint = read.Endpoint ?? options.Endpoint;
        options.Key = read.Key ?? options.Key;
        options.MaxRetries = read.MaxRetries ?? options.MaxRetries;
        options.RetryDelay = read.RetryDelay ?? options.RetryDelay;
        options.MaxRetryDelay = read.MaxRetryDelay ?? options.MaxRetryDelay;
        options.AttemptTimeout = read.AttemptTimeout ?? options.AttemptTimeout;
    }
}

internal sealed class ConfiguredProcessor
{
    public int? MaxConcurrency { get; set; }
    public int? PrefetchCount { get; set; }
    public TimeSpan? LeaseDuration { get; set; }
    public TimeSpan? ReceiveWait { get; set; }
    public TimeSpan? MaxReceiveBackoff { get; set; }
    public bool? LoadBodies { get; set; }

    public static void Apply(IConfiguration configuration, FuncQueueProcessorOptions options)
    {
        if (configuration.Get<ConfiguredProcessor>() is not { } read)
            return;
        options.MaxConcurrency = read.MaxConcurrency ?? options.MaxConcurrency;
        options.PrefetchCount = read.PrefetchCount ?? options.PrefetchCount;
        options.LeaseDuration = read.LeaseDuration ?? options.LeaseDuration;
        options.ReceiveWait = read.ReceiveWait ?? options.ReceiveWait;
        options.MaxReceiveBackoff = read.MaxReceiveBackoff ?? options.MaxReceiveBackoff;
        options.LoadBodies = read.LoadBodies ?? options.LoadBodies;
    }
}

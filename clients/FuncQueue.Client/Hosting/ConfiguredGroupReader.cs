using Microsoft.Extensions.Configuration;

namespace FuncQueue.Client.Hosting;

/// <summary>What of a group reader's options can stand in configuration.</summary>
internal sealed class ConfiguredGroupReader
{
    public string? MemberName { get; set; }
    public string? From { get; set; }
    public int? BatchSize { get; set; }
    public int? PrefetchCount { get; set; }
    public TimeSpan? LeaseDuration { get; set; }
    public TimeSpan? ReadWait { get; set; }
    public TimeSpan? CommitInterval { get; set; }
    public TimeSpan? RetryDelay { get; set; }
    public TimeSpan? MaxRetryDelay { get; set; }
    public bool? LoadBodies { get; set; }

    public static void Apply(IConfiguration configuration, FuncQueueGroupReaderOptions options)
    {
        if (configuration.Get<ConfiguredGroupReader>() is not { } read)
            return;
        options.MemberName = read.MemberName ?? options.MemberName;
        options.From = read.From ?? options.From;
        options.BatchSize = read.BatchSize ?? options.BatchSize;
        options.PrefetchCount = read.PrefetchCount ?? options.PrefetchCount;
        options.LeaseDuration = read.LeaseDuration ?? options.LeaseDuration;
        options.ReadWait = read.ReadWait ?? options.ReadWait;
        options.CommitInterval = read.CommitInterval ?? options.CommitInterval;
        options.RetryDelay = read.RetryDelay ?? options.RetryDelay;
        options.MaxRetryDelay = read.MaxRetryDelay ?? options.MaxRetryDelay;
        options.LoadBodies = read.LoadBodies ?? options.LoadBodies;
    }
}

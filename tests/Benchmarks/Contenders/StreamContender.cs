using System.Diagnostics.Metrics;
using FuncQueue.Engine;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace FuncQueue.Benchmarks.Contenders;

/// <summary>FuncQueue's topics in this very process, without HTTP: one topic of one partition.</summary>
internal sealed class StreamContender : IAsyncDisposable
{
    private const int BatchSize = 100;

    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly RequestCount count = new();
    private readonly QueueEngine queues;
    private readonly TopicEngine topics;
    private readonly TopicName topic;

    public StreamContender(string account, string stream)
    {
        var options = new EngineOptions();
        queues = new QueueEngine(
            [StorageClients.Connect(account, options, [count])],
            options,
            TimeProvider.System,
            NullLoggerFactory.Instance,
            services.GetRequiredService<IMeterFactory>()
        );
        topics = new TopicEngine(queues);
        topic = TopicName.TryParse(stream, out var name) ? name : throw new InvalidOperationException("No name.");
    }

    public StorageUse Use => count.Use;

    public async Task CreateAsync() =>
        _ = (await topics.PutTopicAsync(topic, new TopicSettingsChange { Partitions = 1 }, default, CancellationToken.None)).Value;

    public async Task PublishAsync(byte[] body) =>
        _ = (
            await topics.PublishAsync(
                topic,
                new PublishRequest { Body = MessageBody.FromBytes(body), Partition = 0 },
                CancellationToken.None
            )
        ).Value;

    /// <summary>Stores so many, in batches.</summary>
    public async Task PublishAllAsync(int records, byte[] body)
    {
        var batch = Enumerable
            .Range(0, BatchSize)
            .Select(_ => new PublishRequest { Body = MessageBody.FromBytes(body), Partition = 0 })
            .ToArray();
        for (var stored = 0; stored < records; stored += BatchSize)
        {
            var results = (await topics.PublishBatchAsync(topic, batch, CancellationToken.None)).Value;
            _ = results[^1].Value;
        }
    }

    /// <summary>Reads as a member of a group until it has so many records, and commits as many as are said at a time.</summary>
    public async Task ReadAsync(string group, int records, int commitEach, TimeSpan wait = default)
    {
        IReadOnlyList<string> tokens = [];
        var committed = 0;
        for (var read = -1; read < records; )
        {
            var commits = read - committed >= commitEach;
            if (commits)
                committed = read;
            var request = new GroupReadRequest
            {
                Member = Name("member"),
                MaxRecords = 1000,
                Wait = wait,
                From = new ReadFrom.Earliest(),
                Commit = commits ? tokens : [],
                After = tokens,
            };
            var page = (await topics.Groups.ReadAsync(topic, Name(group), request, CancellationToken.None)).Value;
            read = Math.Max(0, read) + page.Records.Count;
            tokens = [.. page.Tokens.Select(t => t.Token)];
        }

        _ = (await topics.Groups.CommitAsync(topic, Name(group), tokens, CancellationToken.None)).Value;
    }

    public async ValueTask DisposeAsync()
    {
        await topics.DisposeAsync();
        await queues.DisposeAsync();
        count.Dispose();
        await services.DisposeAsync();
    }

    private static QueueName Name(string text) =>
        QueueName.TryParse(text, out var name) ? name : throw new InvalidOperationException("No name.");
}

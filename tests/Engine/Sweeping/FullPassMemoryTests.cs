using System.Globalization;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Sweeping;

/// <summary>What a process keeps of queues that nobody uses: next to nothing.</summary>
[Collection(Alone.Name)]
public sealed class FullPassMemoryTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    private const int Queues = 10_000;
    private const int Shards = 32;
    private const long MostBytes = 100L << 20;

    [Fact]
    public async Task A_full_pass_over_ten_thousand_idle_queues_keeps_at_most_a_hundred_mebibytes()
    {
        await MakeQueuesAsync();
        using var meters = new TestMeters();
        var (answers, log) = (new RepeatedAnswers(), new ErrorLog());
        await using var engine = new QueueEngine(
            [StorageClients.Connect(Azurite.ConnectionString, Options, [answers])],
            Options,
            Time,
            log,
            meters
        );
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var report = (await engine.SweepAsync(SweepScope.All, everything: true, Cancellation)).Value;
        var kept = GC.GetTotalMemory(forceFullCollection: true) - before;
        report.ShardsFailed.ShouldBe(0);
        report.ShardsVisited.ShouldBe(Queues * Shards);
        answers.Repeated.ShouldBeGreaterThan(Queues * Shards - 10 * Shards);
        TestContext.Current.SendDiagnosticMessage($"{kept >> 10} KiB kept");
        kept.ShouldBeLessThan(MostBytes);
        log.Errors.ShouldBeEmpty();
        GC.KeepAlive(engine);
    }

    /// <summary>One queue made as any other. The further rows of the registry are copies of its, so they lead to one table.</summary>
    private async Task MakeQueuesAsync()
    {
        var engine = await StartWithQueueAsync(new QueueSettingsChange { Shards = Shards });
        var registry = new TableClient(Azurite.ConnectionString, Options.RegistryTable);
        var row = (await registry.GetEntityAsync<TableEntity>("registry", $"q:{engine.Queue}", cancellationToken: Cancellation)).Value;
        foreach (var some in Enumerable.Range(1, Queues - 1).Chunk(100))
            await registry.SubmitTransactionAsync(
                some.Select(i => new TableTransactionAction(
                    TableTransactionActionType.Add,
                    new TableEntity(row) { RowKey = $"q:queue-{i:D5}" }
                )),
                Cancellation
            );
    }

    /// <summary>Answers a question about a shard that storage has answered before as storage did.</summary>
    private sealed class RepeatedAnswers : HttpPipelinePolicy
    {
        private static readonly string Date = TimeProvider.System.GetUtcNow().ToString("R", CultureInfo.InvariantCulture);

        private readonly Dictionary<string, BinaryData> known = new(StringComparer.Ordinal);
        private readonly Lock gate = new();
        private int repeated;

        public int Repeated => Volatile.Read(ref repeated);

        public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
            throw new NotSupportedException("The engine is asynchronous.");

        public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
        {
            var question = new StorageRequest(message.Request);
            var key = message.Request.Uri.ToString();
            BinaryData? answer;
            lock (gate)
                known.TryGetValue(key, out answer);
            if (answer is not null)
            {
                Interlocked.Increment(ref repeated);
                message.Response = new DatedResponse(message.Request.ClientRequestId, Date) { ContentStream = answer.ToStream() };
                return;
            }

            await ProcessNextAsync(message, pipeline);
            if (!question.IsQuery || question.Resource.StartsWith('r') || message.Response.Status != 200)
                return;
            var content = await BinaryData.FromStreamAsync(message.Response.ContentStream ?? Stream.Null);
            message.Response.ContentStream = content.ToStream();
            lock (gate)
                known[key] = content;
        }
    }
}

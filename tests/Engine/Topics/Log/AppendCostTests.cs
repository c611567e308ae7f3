using FuncQueue.Engine.Tests.Support;
using FuncQueue.Engine.Topics;

namespace FuncQueue.Engine.Tests.Topics.Log;

/// <summary>What publishing costs in requests to storage, counted, on processes that have warmed up.</summary>
public sealed class AppendCostTests(AzuriteFixture azurite) : TopicTest(azurite)
{
    [Fact]
    public async Task A_lone_publish_is_one_transaction_and_nothing_else()
    {
        var engine = await WarmAsync();
        for (var i = 0; i < 10; i++)
        {
            engine.Requests.Clear();
            await PublishAsync(engine, "a");
            var append = engine.Requests.All.ShouldHaveSingleItem();
            append.Operations.Select(o => o.RowKey[..1]).ShouldBe(["h", "r"]);
        }
    }

    [Fact]
    public async Task A_publish_with_a_deduplication_id_is_one_transaction_too()
    {
        var engine = await WarmAsync(partitions: 1);
        engine.Requests.Clear();
        await PublishAsync(engine, Text("a") with { DeduplicationId = "d" });
        engine.Requests.All.ShouldHaveSingleItem().Operations.Select(o => o.RowKey[..1]).ShouldBe(["h", "r", "k", "x"]);
    }

    [Fact]
    public async Task Sixty_four_concurrent_publishers_cost_at_most_a_twenty_fifth_of_a_request_each()
    {
        var engine = await WarmAsync();
        const int Rounds = 20;
        for (var round = 0; round < Rounds; round++)
            await Task.WhenAll(Enumerable.Range(0, 64).Select(i => PublishAsync(engine, $"{i}")));
        (engine.Requests.Count / (64.0 * Rounds)).ShouldBeLessThanOrEqualTo(0.04);
    }

    [Fact]
    public async Task A_batch_is_one_transaction_of_one_row()
    {
        var engine = await WarmAsync();
        await PublishAllAsync(engine, Enumerable.Range(0, 100).Select(i => Text($"{i}")));
        engine.Requests.All.ShouldHaveSingleItem().Operations.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_topic_that_nobody_publishes_to_or_reads_costs_nothing()
    {
        var engine = await WarmAsync();
        Time.Advance(TimeSpan.FromHours(1));
        await engine.Topics.WhenIdleAsync();
        engine.Requests.Count.ShouldBe(0);
    }

    private async Task<TestEngine> WarmAsync(int partitions = 4)
    {
        var engine = await StartWithTopicAsync(new TopicSettingsChange { Partitions = partitions });
        await PublishAsync(engine, "warm");
        engine.Requests.Clear();
        return engine;
    }
}

using FuncQueue.Engine.Tests.Support;
using FuncQueue.Engine.Topics;

namespace FuncQueue.Engine.Tests.Topics.Forwarding;

/// <summary>Into FIFO queues records come in the order of their partition, key by key, each key in its shard.</summary>
[Trait("Guarantee", "6")]
public sealed class FifoTargetTests(AzuriteFixture azurite) : ForwardingTest(azurite)
{
    private static readonly QueueSettingsChange ThreeShards = new() { Type = QueueType.Fifo, Shards = 3 };

    [Fact]
    public async Task A_record_has_its_key_as_group_and_one_without_the_subscriptions()
    {
        var engine = await StartWithTopicAsync();
        await SubscribeAsync(engine, "orders.fifo", settings: ThreeShards);
        await PublishAsync(engine, Text("with") with { Key = "k", Delay = TimeSpan.FromMinutes(1), Priority = 5 });
        await PublishAsync(engine, "without");
        await AllArriveAsync(engine, "orders.fifo");
        var messages = await TakeAllAsync(engine, "orders.fifo");
        messages.Select(m => (m.Text(), m.Message.GroupId)).ShouldBe([("with", "k"), ("without", "orders.fifo")], ignoreOrder: true);
    }

    [Fact]
    public async Task Every_key_keeps_its_order_over_partitions_and_shards()
    {
        const int Keys = 12;
        const int Each = 10;
        var engine = await StartWithTopicAsync(new TopicSettingsChange { Partitions = 3 });
        await SubscribeAsync(engine, "orders.fifo", settings: ThreeShards);
        await Task.WhenAll(
            Enumerable
                .Range(0, Keys)
                .Select(async key =>
                {
                    for (var i = 0; i < Each; i++)
                        await PublishAsync(engine, Text($"{key}-{i}") with { Key = $"key {key}" });
                })
        );
        var arrived = await ArrivedAsync(engine, "orders.fifo");
        arrived.Count.ShouldBe(Keys * Each);
        foreach (var key in arrived.GroupBy(t => t.Split('-')[0]))
            key.Select(t => int.Parse(t.Split('-')[1], null)).ShouldBe(Enumerable.Range(0, Each));
    }

    [Fact]
    public async Task More_cursors_than_may_be_are_refused_and_nothing_is_there()
    {
        var engine = await StartWithTopicAsync(new TopicSettingsChange { Partitions = 32 });
        await engine.Engine.SetQueueAsync(
            TestEngine.Name("orders.fifo"),
            new QueueSettingsChange { Type = QueueType.Fifo, Shards = 5 },
            default,
            Cancellation
        );
        (await TrySubscribeAsync(engine, "orders.fifo"))
            .Failure.ShouldBeOfType<Failure.Invalid>()
            .Faults.ShouldHaveSingleItem()
            .Field.ShouldBe("queue");
        (await engine.Topics.GetSubscriptionsAsync(Events, null, Cancellation)).Value.ShouldBeEmpty();
    }
}

using FuncQueue.Engine.Tests.Support;
using FuncQueue.Engine.Topics;

namespace FuncQueue.Engine.Tests.Topics.Forwarding;

/// <summary>Whoever published a record, and whatever became of that process, the record reaches each queue once.</summary>
[Trait("Guarantee", "6")]
public sealed class TakeoverTests(AzuriteFixture azurite) : ForwardingTest(azurite)
{
    [Fact]
    public async Task What_a_process_that_died_had_not_forwarded_the_timer_forwards()
    {
        var (engine, dying) = (await StartWithTopicAsync(), Start());
        await SubscribeAsync(engine, "orders");
        dying.Faults.LoseRequest(r => r.InsertsMessages, int.MaxValue);
        for (var i = 0; i < 5; i++)
            await PublishAsync(dying, $"{i}");
        dying.Kill();
        (await TakeAllAsync(engine, "orders")).ShouldBeEmpty();
        (await ForwardAsync(engine)).ShouldBe(new ForwardReport(1, 0));
        (await TakeAllAsync(engine, "orders")).Select(m => m.Text()).ShouldBe(["0", "1", "2", "3", "4"]);
    }

    [Fact]
    public async Task What_a_process_that_died_had_not_forwarded_the_next_that_publishes_forwards()
    {
        var (engine, dying) = (await StartWithTopicAsync(), Start());
        await SubscribeAsync(engine, "orders");
        dying.Faults.LoseRequest(r => r.InsertsMessages, int.MaxValue);
        await PublishAsync(dying, "left");
        dying.Kill();
        await PublishAsync(engine, "next");
        (await ArrivedAsync(engine, "orders")).ShouldBe(["left", "next"]);
    }

    [Fact]
    public async Task The_timer_forgets_a_topic_once_it_is_quiet_and_all_is_taken()
    {
        var engine = await StartWithTopicAsync();
        await SubscribeAsync(engine, "orders");
        await PublishAsync(engine, "a");
        (await ForwardAsync(engine)).Visited.ShouldBe(1);
        Time.Advance(2 * Options.ActivityInterval);
        (await ForwardAsync(engine)).ShouldBe(new ForwardReport(1, 0));
        engine.Requests.Clear();
        (await ForwardAsync(engine)).ShouldBe(new ForwardReport(0, 0));
        engine.Requests.Count.ShouldBe(1);
        await PublishAsync(engine, "b");
        (await ForwardAsync(engine)).Visited.ShouldBe(1);
        (await TakeAllAsync(engine, "orders")).Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(QueueType.Standard)]
    [InlineData(QueueType.Fifo)]
    public async Task Of_several_processes_that_publish_and_forward_at_once_each_record_arrives_once(QueueType type)
    {
        const int Each = 60;
        var engines = new[] { await StartWithTopicAsync(new TopicSettingsChange { Partitions = 2 }), Start(), Start() };
        var queue = type == QueueType.Fifo ? "orders.fifo" : "orders";
        await SubscribeAsync(engines[0], queue, settings: new QueueSettingsChange { Type = type, Shards = type == QueueType.Fifo ? 2 : 1 });
        await Task.WhenAll(engines.Select((engine, e) => PublishManyAsync(engine, e)));
        await ForwardAsync(engines[1]);
        var arrived = await ArrivedAsync(engines[0], queue);
        arrived.Count.ShouldBe(3 * Each);
        arrived.ToHashSet().Count.ShouldBe(3 * Each);
        if (type == QueueType.Fifo)
        {
            // Of one key in the order of the publishes that were answered.
            foreach (var key in arrived.GroupBy(t => t.Split('-')[0]))
                key.Select(t => int.Parse(t.Split('-')[1], null)).ShouldBe(Enumerable.Range(0, Each));
        }

        async Task PublishManyAsync(TestEngine engine, int number)
        {
            for (var i = 0; i < Each; i++)
                await PublishAsync(engine, Text($"{number}-{i}") with { Key = $"key {number}" });
        }
    }

    [Fact]
    public async Task With_lost_answers_lost_requests_and_late_ones_each_record_arrives_once()
    {
        const int Records = 60;
        var engines = new[] { await StartWithTopicAsync(), Start() };
        await SubscribeAsync(engines[0], "orders");
        await SubscribeAsync(engines[0], "others");
        foreach (var (i, engine) in engines.Index())
        {
            var count = 0;
            engine.Faults.LoseAnswer(r => r.InsertsMessages && Interlocked.Increment(ref count) % (5 + i) == 0, int.MaxValue);
            engine.Faults.Overtake(r => r.InsertsMessages && Interlocked.Increment(ref count) % (7 + i) == 0, int.MaxValue);
            engine.Faults.LoseRequest(r => r.InsertsMessages && Interlocked.Increment(ref count) % (11 + i) == 0, int.MaxValue);
        }

        await Task.WhenAll(
            engines.Select(
                async (engine, e) =>
                {
                    for (var i = 0; i < Records; i++)
                        await PublishAsync(engine, $"{e}-{i}");
                }
            )
        );
        await engines[0].Topics.WhenIdleAsync();
        foreach (var engine in engines)
        {
            await engine.Topics.WhenIdleAsync();
            engine.Faults.Clear();
            await engine.Faults.AllArrivedAsync();
        }

        await ForwardAsync(engines[0]);
        foreach (var queue in new[] { "orders", "others" })
        {
            var arrived = await ArrivedAsync(engines[0], queue);
            arrived.Count.ShouldBe(2 * Records);
            arrived.ToHashSet().Count.ShouldBe(2 * Records);
        }
    }

    [Fact]
    public async Task Of_complementary_filters_swapped_under_load_each_record_is_in_exactly_one_of_two_queues()
    {
        const int Each = 80;
        var engines = new[] { await StartWithTopicAsync(new TopicSettingsChange { Partitions = 2 }), Start(), Start() };
        await SubscribeAsync(engines[0], "left", ByKey("a"));
        await SubscribeAsync(engines[0], "right", ByKey("b"));
        var publishing = Task.WhenAll(engines.Select((engine, e) => PublishManyAsync(engine, e)));
        var swaps = 0;
        for (var swapped = false; !publishing.IsCompleted || swaps < 6; swaps++)
        {
            swapped = !swapped;
            var changes = new Dictionary<QueueName, Engine.Topics.Filters.SubscriptionFilters>
            {
                [TestEngine.Name("left")] = ByKey(swapped ? "b" : "a"),
                [TestEngine.Name("right")] = ByKey(swapped ? "a" : "b"),
            };
            (
                await engines[swaps % 3].Topics.ChangeFiltersAsync(Events, changes, Cancellation).WithinPatienceAsync()
            ).Failure.ShouldBeNull();
        }

        (await publishing).SelectMany(matched => matched).ShouldAllBe(matched => matched == 1);
        await ForwardAsync(engines[0]);
        var (left, right) = (await ArrivedAsync(engines[0], "left"), await ArrivedAsync(engines[0], "right"));
        (left.Count + right.Count).ShouldBe(3 * Each);
        left.Concat(right).ToHashSet().Count.ShouldBe(3 * Each);

        async Task<List<int>> PublishManyAsync(TestEngine engine, int number)
        {
            var matched = new List<int>();
            for (var i = 0; i < Each; i++)
                matched.Add((await PublishAsync(engine, Routed($"{number}-{i}", i % 2 == 0 ? "a" : "b"))).Matched);
            return matched;
        }
    }
}

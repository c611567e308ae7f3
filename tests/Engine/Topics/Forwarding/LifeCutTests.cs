using System.Text;
using Azure.Data.Tables;
using FuncQueue.Engine.Tests.Support;
using FuncQueue.Engine.Topics;

namespace FuncQueue.Engine.Tests.Topics.Forwarding;

/// <summary>
/// A process that publishes, forwards, deletes or sweeps is stopped behind each of its writes: whoever comes next finishes it, each record
/// is where it belongs once, and nothing is left over.
/// </summary>
[Trait("Guarantee", "6")]
[Trait("Guarantee", "7")]
public sealed class LifeCutTests(AzuriteFixture azurite) : ForwardingTest(azurite)
{
    private static readonly QueueName Orders = TestEngine.Name("orders.fifo");

    private static readonly byte[] Long = [.. Enumerable.Range(0, 50_000).Select(i => (byte)i)];

    private static readonly PublishRequest[] Pair =
    [
        Text("first") with
        {
            DeduplicationId = "1",
            Key = "k",
        },
        new()
        {
            Body = MessageBody.FromBytes(Long),
            DeduplicationId = "2",
            Key = "k",
        },
    ];

    [Fact]
    public async Task Records_that_were_published_and_forwarded_in_part_are_stored_and_arrive_once()
    {
        var cuts = 0;
        for (var isCut = true; isCut; cuts++)
        {
            var options = Fresh();
            var (engine, dying) = (Start(options), Start(options));
            await PutAsync(engine);
            await SubscribeAsync(engine, Orders.Value, settings: new QueueSettingsChange { Type = QueueType.Fifo });
            isCut = await Cut.BehindAsync(dying, cuts, arrives: true, () => PublishPairAsync(dying));
            // Nobody finds out any more what became of it.
            Time.Advance(TimeSpan.FromMinutes(3));
            var repeated = (await PublishAllAsync(engine, Pair)).Select(o => o.Value).ToList();
            repeated.Select(p => p.Offset).ShouldBe([0, 1], $"behind write {cuts}");
            repeated.Select(p => p.Matched).ShouldBe([1, 1], $"behind write {cuts}");
            await ForwardAsync(engine);
            engine.Queue = Orders;
            var arrived = await engine.DequeueAsync(100);
            arrived.Select(m => m.Message.Source!.Offset).ShouldBe([0, 1], $"behind write {cuts}");
            arrived[0].Text().ShouldBe("first");
            (await engine.ReadBodyAsync(arrived[1].Id())).ShouldBe(Long);
            foreach (var _ in Enumerable.Range(0, 2))
            {
                Time.Advance(options.UploadTimeout + options.UploadTimeout);
                await engine.SweepAsync(everything: true);
                await engine.Topics.SweepAsync(everything: true, Cancellation);
            }

            // The record's, and the message's.
            (await new StoredBlobs(Azurite.ConnectionString, options.PayloadContainer).NamesAsync()).Count.ShouldBe(
                2,
                $"behind write {cuts}"
            );
        }

        cuts.ShouldBeGreaterThan(8);
    }

    [Fact]
    public async Task A_topic_that_was_deleted_in_part_is_gone_and_what_was_routed_before_has_arrived_once()
    {
        var cuts = 0;
        for (var isCut = true; isCut; cuts++)
        {
            var options = Fresh();
            var (engine, publishing, dying) = (Start(options), Start(options), Start(options));
            (
                await engine.Engine.SetQueueAsync(TestEngine.Name("rest"), new QueueSettingsChange(), default, Cancellation)
            ).Failure.ShouldBeNull();
            await PutAsync(engine, OnePartition with { AlternateQueue = new Given<string?>("rest") });
            await SubscribeAsync(engine, Orders.Value, ByKey("a"), settings: new QueueSettingsChange { Type = QueueType.Fifo });
            publishing.Faults.LoseRequest(r => r.InsertsMessages, int.MaxValue);
            foreach (var (text, key) in new[] { ("0", "a"), ("1", "b"), ("2", "a") })
                await PublishAsync(publishing, Routed(text, key));
            publishing.Kill();
            isCut = await Cut.BehindAsync(
                dying,
                cuts,
                arrives: true,
                async () => (await dying.Topics.DeleteTopicAsync(Events, drain: true, Cancellation)).Failure
            );
            // Half of the time by a sweep; where the deletion has not begun, by another call.
            if (cuts % 2 == 0)
                (await engine.Topics.SweepAsync(everything: false, Cancellation)).Value.TopicsFailed.ShouldBe(0);
            (await engine.Topics.DeleteTopicAsync(Events, drain: true, Cancellation).WithinPatienceAsync()).Failure.ShouldBeNull();
            (await TakeAllAsync(engine, Orders.Value)).Select(m => m.Text()).ShouldBe(["0", "2"], $"behind write {cuts}");
            (await TakeAllAsync(engine, "rest")).Select(m => m.Text()).ShouldBe(["1"], $"behind write {cuts}");
            await engine.Topics.SweepAsync(everything: false, Cancellation);
            TopicRows(options).ShouldBeEmpty($"behind write {cuts}");
            (await PutAsync(engine)).Created.ShouldBeTrue();
        }

        cuts.ShouldBeGreaterThan(12);
    }

    [Fact]
    public async Task A_queue_that_was_deleted_in_part_leaves_no_subscription()
    {
        var cuts = 0;
        for (var isCut = true; isCut; cuts++)
        {
            var options = Fresh();
            var (engine, dying) = (Start(options), Start(options));
            await PutAsync(engine);
            await SubscribeAsync(engine, "orders");
            await PublishAsync(engine, "before");
            await engine.Topics.WhenIdleAsync();
            isCut = await Cut.BehindAsync(
                dying,
                cuts,
                arrives: true,
                async () => (await dying.Engine.DeleteQueueAsync(TestEngine.Name("orders"), Cancellation)).Failure
            );
            if (cuts % 2 == 0)
                (await engine.Engine.DeleteQueueAsync(TestEngine.Name("orders"), Cancellation)).Failure.ShouldBeNull();
            Time.Advance(options.SettingsCacheTime);
            await ForwardAsync(engine);
            if ((await engine.Engine.DeleteQueueAsync(TestEngine.Name("orders"), Cancellation)).Value)
                await ForwardAsync(engine);
            (await engine.Topics.GetSubscriptionsAsync(Events, null, Cancellation)).Value.ShouldBeEmpty($"behind write {cuts}");
            (await PublishAsync(engine, "between")).Matched.ShouldBe(0, $"behind write {cuts}");
            await SubscribeAsync(engine, "orders");
            await PublishAsync(engine, "after");
            (await ArrivedAsync(engine, "orders")).ShouldBe(["after"], $"behind write {cuts}");
        }

        cuts.ShouldBeGreaterThan(5);
    }

    [Fact]
    public async Task A_sweep_that_was_stopped_has_removed_nothing_that_is_needed_and_the_next_goes_on()
    {
        var cuts = 0;
        for (var isCut = true; isCut; cuts++)
        {
            var options = Fresh();
            var (engine, publishing, dying) = (Start(options), Start(options), Start(options));
            await PutAsync(engine, OnePartition with { Retention = TimeSpan.FromHours(1) });
            await SubscribeAsync(engine, "orders", ByKey("a"));
            publishing.Faults.LoseRequest(r => r.InsertsMessages, int.MaxValue);
            foreach (var (text, key) in new[] { ("0", "b"), ("1", "b"), ("2", "a"), ("3", "b") })
                await PublishAsync(publishing, Routed(text, key));
            publishing.Kill();
            Time.Advance(TimeSpan.FromHours(2));
            isCut = await Cut.BehindAsync(
                dying,
                cuts,
                arrives: true,
                async () => (await dying.Topics.SweepAsync(everything: false, Cancellation)).Failure
            );
            await Eventually.HoldsAsync(
                $"all of it is gone behind write {cuts}",
                async () =>
                {
                    Time.Advance(TimeSpan.FromMinutes(1));
                    await engine.Topics.SweepAsync(everything: false, Cancellation);
                    // A process that has read records has them in memory.
                    return (await ReadEverythingAsync(Start(options))).Count == 0;
                }
            );
            (await TakeAllAsync(engine, "orders")).Select(m => m.Text()).ShouldBe(["2"], $"behind write {cuts}");
        }

        cuts.ShouldBeGreaterThan(2);
    }

    [Fact]
    public async Task Records_that_were_forwarded_in_part_to_another_topic_are_stored_there_once_and_reach_its_queues()
    {
        var (audit, orders, cuts) = (Topic("audit"), TestEngine.Name("orders"), 0);
        for (var isCut = true; isCut; cuts++)
        {
            var options = Fresh();
            var (engine, dying) = (Start(options), Start(options));
            await PutAsync(engine);
            (await engine.Topics.PutTopicAsync(audit, OnePartition, default, Cancellation)).Failure.ShouldBeNull();
            (await engine.Engine.SetQueueAsync(orders, new QueueSettingsChange(), default, Cancellation)).Failure.ShouldBeNull();
            var toTopic = new SubscriptionRequest { Target = SubscriptionTarget.To(audit) };
            var toQueue = new SubscriptionRequest { Target = SubscriptionTarget.To(orders) };
            (await engine.Topics.PutSubscriptionAsync(audit, orders, toQueue, default, Cancellation)).Failure.ShouldBeNull();
            isCut = await Cut.BehindAsync(
                dying,
                cuts,
                arrives: true,
                async () =>
                    (await dying.Topics.PutSubscriptionAsync(Events, orders, toTopic, default, Cancellation)).Failure
                    ?? await PublishPairAsync(dying)
            );
            Time.Advance(TimeSpan.FromMinutes(3));
            (await engine.Topics.PutSubscriptionAsync(Events, orders, toTopic, default, Cancellation)).Failure.ShouldBeNull();
            (await PublishAllAsync(engine, Pair)).ShouldAllBe(o => o.Value.Matched == 1, $"behind write {cuts}");
            await ForwardAsync(engine);
            await ForwardAsync(engine);
            var arrived = await TakeAllAsync(engine, "orders");
            arrived.Select(m => m.Message.Source!.Offset).ShouldBe([0, 1], $"behind write {cuts}");
            arrived.ShouldAllBe(m => m.Message.Source!.Topic == "audit");
        }

        cuts.ShouldBeGreaterThan(12);
    }

    private EngineOptions Fresh()
    {
        var unique = Guid.NewGuid().ToString("N");
        return Options with { RegistryTable = "r" + unique, PayloadContainer = "payloads-" + unique };
    }

    private static async Task<Failure?> PublishPairAsync(TestEngine engine)
    {
        var outcomes = await engine.Topics.PublishBatchAsync(Events, Pair, Cancellation);
        await engine.Topics.WhenIdleAsync();
        return outcomes.Failure ?? outcomes.Value.Select(o => o.Failure).FirstOrDefault(f => f is not null);
    }

    private IReadOnlyList<string> TopicRows(EngineOptions options) =>
        [
            .. new TableClient(Azurite.ConnectionString, options.RegistryTable)
                .Query<TableEntity>(cancellationToken: Cancellation)
                .Select(r => r.RowKey)
                .Where(key =>
                    key.Length > 1
                    && key[1] == ':'
                    && "oslyv".Contains(key[0], StringComparison.Ordinal)
                    && key is not ("v:queues" or "v:topics")
                ),
        ];
}

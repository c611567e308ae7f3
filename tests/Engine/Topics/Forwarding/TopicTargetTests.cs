using FuncQueue.Engine.Tests.Support;
using FuncQueue.Engine.Topics;
using FuncQueue.Engine.Topics.Filters;

namespace FuncQueue.Engine.Tests.Topics.Forwarding;

/// <summary>A topic can subscribe to another: what it takes is stored in it once, in order per key, and routed anew.</summary>
[Trait("Guarantee", "6")]
public sealed class TopicTargetTests(AzuriteFixture azurite) : ForwardingTest(azurite)
{
    private static readonly TopicName Audit = Topic("audit");

    [Fact]
    public async Task What_one_topic_forwards_to_another_reaches_the_queues_of_both()
    {
        var engine = await StartAsync();
        await SubscribeAsync(engine, "direct");
        await SubscribeToAsync(engine, Audit, "behind", ByKey("a"));
        (await ForwardToAsync(engine, Audit)).Value.Created.ShouldBeTrue();
        var published = await PublishAsync(engine, Routed("1", "a") with { Attributes = new Dictionary<string, string> { ["x"] = "y" } });
        published.Matched.ShouldBe(2);
        (await PublishAsync(engine, Routed("2", "b"))).Matched.ShouldBe(2);
        (await ArrivedAsync(engine, "direct")).ShouldBe(["1", "2"]);
        var message = (await ArriveBehindAsync(engine, "behind", 1)).ShouldHaveSingleItem().Message;
        message.Text().ShouldBe("1");
        message.Source.ShouldBe(new TopicSource("audit", 0, 0, "a"));
        message.Attributes["x"].ShouldBe("y");
    }

    [Fact]
    public async Task Every_key_keeps_its_order_over_the_partitions_of_both_and_each_record_is_there_once()
    {
        const int Keys = 8;
        const int Each = 12;
        var engines = new[] { await StartAsync(3, 2), Start(), Start() };
        await ForwardToAsync(engines[0], Audit);
        await Task.WhenAll(
            Enumerable
                .Range(0, Keys)
                .Select(async key =>
                {
                    for (var i = 0; i < Each; i++)
                        await PublishAsync(
                            engines[key % 3],
                            Text($"{key}-{i}") with
                            {
                                Key = $"key {key}",
                                DeduplicationId = $"{key}-{i}",
                            }
                        );
                })
        );
        await engines[1].Topics.ForwardSubscriptionsAsync(Cancellation);
        var stored = await StoredAsync(engines[0], 2, Keys * Each);
        stored.Select(TextOf).ShouldBeUnique();
        foreach (var key in stored.GroupBy(r => r.Key))
        {
            key.Select(r => r.Partition).Distinct().ShouldHaveSingleItem();
            key.OrderBy(r => r.Offset).Select(r => int.Parse(TextOf(r).Split('-')[1], null)).ShouldBe(Enumerable.Range(0, Each));
        }
    }

    [Fact]
    public async Task With_lost_answers_lost_requests_and_late_ones_each_record_is_stored_once()
    {
        const int Records = 40;
        var engines = new[] { await StartAsync(), Start() };
        await ForwardToAsync(engines[0], Audit);
        foreach (var (i, engine) in engines.Index())
        {
            var count = 0;
            engine.Faults.LoseAnswer(r => IsFeed(r) && Interlocked.Increment(ref count) % (3 + i) == 0, int.MaxValue);
            engine.Faults.Overtake(r => IsFeed(r) && Interlocked.Increment(ref count) % (5 + i) == 0, int.MaxValue);
            engine.Faults.LoseRequest(r => IsFeed(r) && Interlocked.Increment(ref count) % (7 + i) == 0, int.MaxValue);
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
        foreach (var engine in engines)
        {
            await engine.Topics.WhenIdleAsync();
            engine.Faults.Clear();
            await engine.Faults.AllArrivedAsync();
        }

        await ForwardAsync(engines[0]);
        var stored = await StoredAsync(engines[0], 1, 2 * Records);
        stored.Select(TextOf).ShouldBeUnique();
        stored.Select(r => r.Offset).Order().ShouldBe(Enumerable.Range(0, 2 * Records).Select(i => (long)i));
    }

    [Fact]
    public async Task Bodies_that_lie_in_blobs_are_copied_and_filters_of_the_other_topic_look_into_them()
    {
        var engine = await StartAsync();
        await SubscribeToAsync(engine, Audit, "behind", Filters("""[{"body":{"kind":["long"]}}]"""));
        await ForwardToAsync(engine, Audit);
        var body = System.Text.Encoding.UTF8.GetBytes($$"""{"kind":"long","text":"{{new string('x', 60_000)}}"}""");
        await PublishAsync(engine, new PublishRequest { Body = MessageBody.FromBytes(body) });
        await PublishAsync(engine, "short");
        await ArriveBehindAsync(engine, "behind", 1, take: false);
        engine.Queue = TestEngine.Name("behind");
        (await engine.ReadBodyAsync((await engine.DequeueOneAsync()).Id())).ShouldBe(body);
        (await StoredAsync(engine, 1, 2)).Select(r => r.BodyLength).ShouldBe([body.Length, 5]);
    }

    [Fact]
    public async Task Where_each_record_needs_a_key_one_without_gets_the_groupId_of_the_subscription()
    {
        var engine = await StartAsync();
        var fifo = Topic("audit.fifo");
        await PutTopicAsync(engine, fifo, 2);
        (await ForwardToAsync(engine, fifo)).Failure.ShouldBeNull();
        await PublishAsync(engine, "without");
        await PublishAsync(engine, Text("with") with { Key = "k" });
        var stored = await StoredAsync(engine, 2, 2, fifo);
        stored.Select(r => (TextOf(r), r.Key)).ShouldBe([("without", "copy"), ("with", "k")], ignoreOrder: true);
    }

    [Fact]
    public async Task Topics_that_would_forward_to_each_other_in_a_circle_are_refused()
    {
        var engine = await StartAsync();
        var third = Topic("third");
        await PutTopicAsync(engine, third, 1);
        (await ForwardToAsync(engine, Events)).Failure.ShouldBeOfType<Failure.SubscriptionCycle>();
        (await ForwardToAsync(engine, Audit)).Failure.ShouldBeNull();
        (await ForwardToAsync(engine, third, Audit)).Failure.ShouldBeNull();
        (await ForwardToAsync(engine, Events, third)).Failure.ShouldBeOfType<Failure.SubscriptionCycle>();
        (await engine.Topics.GetSubscriptionsAsync(third, null, Cancellation)).Value.ShouldBeEmpty();
        (await ForwardToAsync(engine, third)).Failure.ShouldBeNull("two ways to one topic are no circle");
    }

    [Fact]
    public async Task Of_subscriptions_made_at_once_that_would_close_a_circle_together_not_all_are_made()
    {
        for (var i = 0; i < 5; i++)
        {
            var engine = Start(Options with { RegistryTable = $"r{Guid.NewGuid():N}" });
            await PutTopicAsync(engine, Events, 1);
            await PutTopicAsync(engine, Audit, 1);
            var made = await Task.WhenAll(ForwardToAsync(engine, Audit), ForwardToAsync(engine, Events, Audit));
            made.Count(m => m.Failure is null).ShouldBeLessThan(2);
            foreach (var failure in made.Select(m => m.Failure).Where(f => f is not null))
                failure.ShouldBeOfType<Failure.SubscriptionCycle>();
            (await PublishAsync(engine, "a")).Offset.ShouldBe(0);
        }
    }

    [Fact]
    public async Task A_topic_that_is_not_there_cannot_subscribe_and_one_that_is_deleted_subscribes_no_more()
    {
        var (engine, other) = (await StartAsync(), Start());
        (await ForwardToAsync(engine, Topic("missing"))).Failure.ShouldBe(new Failure.TopicNotFound(Topic("missing")));
        await ForwardToAsync(engine, Audit);
        await PublishAsync(engine, "before");
        (await other.Topics.DeleteTopicAsync(Audit, drain: true, Cancellation).WithinPatienceAsync()).Value.ShouldBeTrue();
        (await engine.Topics.GetSubscriptionsAsync(Events, null, Cancellation)).Value.ShouldBeEmpty();
        (await PublishAsync(engine, "between")).Matched.ShouldBe(0);
        await PutTopicAsync(engine, Audit, 1);
        await ForwardToAsync(engine, Audit);
        await PublishAsync(engine, "after");
        (await StoredAsync(engine, 1, 1)).Select(TextOf).ShouldBe(["after"]);
    }

    [Fact]
    public async Task What_was_routed_to_another_topic_is_in_it_when_the_first_one_is_deleted()
    {
        var (engine, dying) = (await StartAsync(), Start());
        await ForwardToAsync(engine, Audit);
        dying.Faults.LoseRequest(IsFeed, int.MaxValue);
        await PublishAsync(dying, "left");
        dying.Kill();
        (await engine.Topics.DeleteTopicAsync(Events, drain: true, Cancellation).WithinPatienceAsync()).Value.ShouldBeTrue();
        (await StoredAsync(engine, 1, 1)).Select(TextOf).ShouldBe(["left"]);
    }

    [Fact]
    public async Task More_cursors_than_may_be_are_refused()
    {
        var engine = await StartAsync(32, 5);
        (await ForwardToAsync(engine, Audit))
            .Failure.ShouldBeOfType<Failure.Invalid>()
            .Faults.ShouldHaveSingleItem()
            .Field.ShouldBe("topic");
    }

    private static bool IsFeed(FuncQueue.Tests.Support.StorageRequest request) =>
        request.AppendsRecords && request.Operations.Any(o => o.IsOn("f"));

    private async Task<TestEngine> StartAsync(int partitions = 1, int others = 1)
    {
        var engine = await StartWithTopicAsync(new TopicSettingsChange { Partitions = partitions });
        await PutTopicAsync(engine, Audit, others);
        return engine;
    }

    private static async Task PutTopicAsync(TestEngine engine, TopicName topic, int partitions) =>
        (
            await engine.Topics.PutTopicAsync(topic, new TopicSettingsChange { Partitions = partitions }, default, Cancellation)
        ).Failure.ShouldBeNull();

    private static Task<Outcome<SubscriptionPut>> ForwardToAsync(TestEngine engine, TopicName target, TopicName? from = null) =>
        engine
            .Topics.PutSubscriptionAsync(
                from ?? Events,
                TestEngine.Name(target == Audit ? "audit" : "copy"),
                new SubscriptionRequest { Target = SubscriptionTarget.To(target) },
                default,
                Cancellation
            )
            .WithinPatienceAsync();

    private static async Task SubscribeToAsync(TestEngine engine, TopicName topic, string queue, SubscriptionFilters filters)
    {
        var name = TestEngine.Name(queue);
        (await engine.Engine.SetQueueAsync(name, new QueueSettingsChange(), default, Cancellation)).Failure.ShouldBeNull();
        var request = new SubscriptionRequest { Target = SubscriptionTarget.To(name), Filters = filters };
        (await engine.Topics.PutSubscriptionAsync(topic, name, request, default, Cancellation)).Failure.ShouldBeNull();
    }

    /// <summary>Waits until so many messages have come through both topics.</summary>
    private static async Task<IReadOnlyList<DeliveredMessage>> ArriveBehindAsync(
        TestEngine engine,
        string queue,
        int count,
        bool take = true
    )
    {
        await Eventually.HoldsAsync("it has come through both", async () => (await CountsAsync(engine, queue)).Ready == count);
        return take ? await TakeAllAsync(engine, queue) : [];
    }

    /// <summary>Waits until so many records are in the other topic; then all that are.</summary>
    private async Task<IReadOnlyList<Engine.Topics.Record>> StoredAsync(
        TestEngine engine,
        int partitions,
        int count,
        TopicName? topic = null
    )
    {
        var all = new List<Engine.Topics.Record>();
        await Eventually.HoldsAsync(
            "all has been forwarded",
            async () =>
            {
                // Who left something to others looks after a while what became of it.
                Time.Advance(TimeSpan.FromMilliseconds(500));
                all.Clear();
                for (var partition = 0; partition < partitions; partition++)
                    all.AddRange(await ReadEverythingAsync(engine, partition, topic: topic ?? Audit));

                return all.Count >= count;
            }
        );
        all.Count.ShouldBe(count);
        return all;
    }
}

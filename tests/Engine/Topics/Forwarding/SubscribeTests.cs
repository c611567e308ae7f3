using FuncQueue.Engine.Tests.Support;
using FuncQueue.Engine.Topics;

namespace FuncQueue.Engine.Tests.Topics.Forwarding;

/// <summary>What is published reaches the queues whose subscriptions take it, once.</summary>
public sealed class SubscribeTests(AzuriteFixture azurite) : ForwardingTest(azurite)
{
    [Fact]
    public async Task A_record_reaches_every_queue_whose_filters_match_and_the_answer_tells_how_many()
    {
        var engine = await StartWithTopicAsync();
        await SubscribeAsync(engine, "all");
        await SubscribeAsync(engine, "a", ByKey("a"));
        await SubscribeAsync(engine, "b", ByKey("b"));
        (await PublishAsync(engine, Routed("1", "a"))).Matched.ShouldBe(2);
        (await PublishAsync(engine, Routed("2", "b"))).Matched.ShouldBe(2);
        (await PublishAsync(engine, Routed("3", "c"))).Matched.ShouldBe(1);
        (await ArrivedAsync(engine, "all")).ShouldBe(["1", "2", "3"]);
        (await ArrivedAsync(engine, "a")).ShouldBe(["1"]);
        (await ArrivedAsync(engine, "b")).ShouldBe(["2"]);
    }

    [Fact]
    public async Task A_message_tells_which_record_it_comes_from_and_has_all_that_was_published()
    {
        var engine = await StartWithTopicAsync();
        await SubscribeAsync(engine, "orders");
        var published = await PublishAsync(
            engine,
            Routed("a", "eu.orders") with
            {
                Attributes = new Dictionary<string, string> { ["format"] = "pdf" },
                Key = "customer",
                Priority = 3,
                TimeToLive = TimeSpan.FromMinutes(5),
                TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            }
        );
        await AllArriveAsync(engine, "orders");
        var message = (await TakeAllAsync(engine, "orders")).ShouldHaveSingleItem().Message;
        message.Source.ShouldBe(new TopicSource("events", 0, published.Offset, "eu.orders"));
        message.MessageId.ShouldNotBe(published.MessageId);
        message.Attributes.ShouldHaveSingleItem().ShouldBe(new KeyValuePair<string, string>("format", "pdf"));
        (message.GroupId, message.Priority, message.ContentType).ShouldBe(("customer", 3, "text/plain"));
        message.ExpiresAt.ShouldBe(message.EnqueuedAt + TimeSpan.FromMinutes(5));
        message.TraceParent.ShouldBe("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    }

    [Fact]
    public async Task A_subscription_gets_what_is_published_after_it_was_made_and_nothing_before()
    {
        var engine = await StartWithTopicAsync();
        await PublishAsync(engine, "before");
        await SubscribeAsync(engine, "orders");
        await PublishAsync(engine, "after");
        (await ArrivedAsync(engine, "orders")).ShouldBe(["after"]);
    }

    [Fact]
    public async Task A_subscription_from_the_earliest_gets_what_its_filters_match_of_the_past_too()
    {
        var engine = await StartWithTopicAsync();
        for (var i = 0; i < 10; i++)
            await PublishAsync(engine, Routed($"{i}", i % 2 == 0 ? "even" : "odd"));
        await SubscribeAsync(engine, "even", ByKey("even"), new SubscriptionStart.Earliest());
        await PublishAsync(engine, Routed("10", "even"));
        (await ArrivedAsync(engine, "even")).ShouldBe(["0", "2", "4", "6", "8", "10"]);
    }

    [Fact]
    public async Task A_subscription_begins_at_an_offset_or_at_an_instant()
    {
        var engine = await StartWithTopicAsync();
        for (var i = 0; i < 6; i++)
        {
            await PublishAsync(engine, $"{i}");
            Time.Advance(TimeSpan.FromSeconds(1));
        }

        var middle = Time.GetUtcNow() - TimeSpan.FromSeconds(2.5);
        await SubscribeAsync(engine, "by-offset", from: new SubscriptionStart.Offsets(new Dictionary<int, long> { [0] = 4 }));
        await SubscribeAsync(engine, "by-instant", from: new SubscriptionStart.Instant(middle));
        (await ArrivedAsync(engine, "by-offset")).ShouldBe(["4", "5"]);
        (await ArrivedAsync(engine, "by-instant")).ShouldBe(["4", "5"]);
        var beyond = await TrySubscribeAsync(
            engine,
            "by-offset",
            from: new SubscriptionStart.Offsets(new Dictionary<int, long> { [0] = 7 }),
            name: "beyond"
        );
        beyond.Failure.ShouldBeOfType<Failure.Invalid>().Faults.ShouldHaveSingleItem().Field.ShouldBe("from.offsets.0");
    }

    [Fact]
    public async Task Another_process_that_publishes_knows_of_a_subscription_from_the_answer_on()
    {
        var (engine, other) = (await StartWithTopicAsync(), Start());
        await PublishAsync(other, "before");
        await SubscribeAsync(engine, "orders", ByKey("a"));
        (await PublishAsync(other, Routed("after", "a"))).Matched.ShouldBe(1);
        await engine.Topics.ChangeFiltersAsync(Events, Changes(("orders", ByKey("b"))), Cancellation);
        (await PublishAsync(other, Routed("not taken", "a"))).Matched.ShouldBe(0);
        (await PublishAsync(other, Routed("taken", "b"))).Matched.ShouldBe(1);
        (await ArrivedAsync(engine, "orders")).ShouldBe(["after", "taken"]);
    }

    [Fact]
    public async Task A_target_is_subscribed_once_and_fixed()
    {
        var engine = await StartWithTopicAsync();
        await SubscribeAsync(engine, "orders");
        (await TrySubscribeAsync(engine, "orders", name: "again"))
            .Failure.ShouldBeOfType<Failure.AlreadySubscribed>()
            .Subscription.ShouldBe("orders");
        await SubscribeAsync(engine, "others");
        (await TrySubscribeAsync(engine, "others", name: "orders")).Failure.ShouldBeOfType<Failure.TargetFixed>();
        (await TrySubscribeAsync(engine, "missing")).Failure.ShouldBeOfType<Failure.QueueNotFound>();
        (await TrySubscribeAsync(engine, "orders")).Value.Created.ShouldBeFalse();
    }

    [Fact]
    public async Task A_subscription_has_an_etag_that_changes_with_its_filters()
    {
        var engine = await StartWithTopicAsync();
        var made = await SubscribeAsync(engine, "orders");
        (await PutAsync(new TopicCondition(null, IfNoneMatch: true))).Failure.ShouldBeOfType<Failure.PreconditionFailed>();
        (await PutAsync(new TopicCondition("wrong", false))).Failure.ShouldBeOfType<Failure.PreconditionFailed>();
        var changed = (await PutAsync(new TopicCondition(made.ETag, false))).Value;
        changed.Created.ShouldBeFalse();
        changed.Subscription.ETag.ShouldNotBe(made.ETag);
        (await PutAsync(new TopicCondition(made.ETag, false))).Failure.ShouldBeOfType<Failure.PreconditionFailed>();

        Task<Outcome<SubscriptionPut>> PutAsync(TopicCondition condition) =>
            engine.Topics.PutSubscriptionAsync(
                Events,
                TestEngine.Name("orders"),
                new SubscriptionRequest { Target = SubscriptionTarget.To(TestEngine.Name("orders")), Filters = ByKey("a") },
                condition,
                Cancellation
            );
    }

    [Fact]
    public async Task After_the_end_of_a_subscription_nothing_arrives_and_what_was_routed_before_has()
    {
        var engine = await StartWithTopicAsync();
        await SubscribeAsync(engine, "orders");
        for (var i = 0; i < 5; i++)
            await PublishAsync(engine, $"{i}");
        (await engine.Topics.DeleteSubscriptionAsync(Events, TestEngine.Name("orders"), drain: true, Cancellation)).Value.ShouldBeTrue();
        (await PublishAsync(engine, "later")).Matched.ShouldBe(0);
        (await TakeAllAsync(engine, "orders")).Select(m => m.Text()).ShouldBe(["0", "1", "2", "3", "4"]);
        (await engine.Topics.DeleteSubscriptionAsync(Events, TestEngine.Name("orders"), drain: true, Cancellation)).Value.ShouldBeFalse();
        await SubscribeAsync(engine, "orders");
        await PublishAsync(engine, "again");
        (await ArrivedAsync(engine, "orders")).ShouldBe(["again"]);
    }

    [Fact]
    public async Task A_seek_forwards_again_what_the_present_filters_match_as_new_messages()
    {
        var engine = await StartWithTopicAsync();
        await SubscribeAsync(engine, "orders", ByKey("a"));
        foreach (var key in new[] { "a", "b", "a" })
            await PublishAsync(engine, Routed(key, key));
        (await ArrivedAsync(engine, "orders")).ShouldBe(["a", "a"]);
        await engine.Topics.ChangeFiltersAsync(Events, Changes(("orders", ByKey("b"))), Cancellation);
        (await SeekAsync(new SubscriptionStart.Earliest())).Value.ShouldBeTrue();
        (await ArrivedAsync(engine, "orders")).ShouldBe(["b"]);
        (await PublishAsync(engine, Routed("b2", "b"))).Matched.ShouldBe(1);
        (await ArrivedAsync(engine, "orders")).ShouldBe(["b2"]);

        Task<Outcome<bool>> SeekAsync(SubscriptionStart to) =>
            engine.Topics.SeekSubscriptionAsync(Events, TestEngine.Name("orders"), to, Cancellation);
    }

    private static Dictionary<QueueName, Engine.Topics.Filters.SubscriptionFilters> Changes(
        params (string Name, Engine.Topics.Filters.SubscriptionFilters Filters)[] changes
    ) => changes.ToDictionary(c => TestEngine.Name(c.Name), c => c.Filters);
}

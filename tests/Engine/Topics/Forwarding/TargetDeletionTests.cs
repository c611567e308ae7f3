using FuncQueue.Engine.Tests.Support;
using FuncQueue.Engine.Topics;

namespace FuncQueue.Engine.Tests.Topics.Forwarding;

/// <summary>With a queue its subscriptions go.</summary>
public sealed class TargetDeletionTests(AzuriteFixture azurite) : ForwardingTest(azurite)
{
    [Fact]
    public async Task A_deleted_queue_has_no_subscriptions_and_others_go_on()
    {
        var engine = await StartWithTopicAsync();
        await SubscribeAsync(engine, "orders");
        await SubscribeAsync(engine, "others");
        (await engine.Topics.GetSubscriptionsOfAsync(TestEngine.Name("orders"), Cancellation))
            .Value.ShouldHaveSingleItem()
            .ShouldBe(new QueueSubscription(Events, "orders"));
        (await engine.Engine.DeleteQueueAsync(TestEngine.Name("orders"), Cancellation)).Value.ShouldBeTrue();
        (await engine.Topics.GetSubscriptionsAsync(Events, null, Cancellation)).Value.ShouldHaveSingleItem();
        (await PublishAsync(engine, "a")).Matched.ShouldBe(1);
        await SubscribeAsync(engine, "orders");
        await PublishAsync(engine, "b");
        (await ArrivedAsync(engine, "orders")).ShouldBe(["b"]);
        (await ArrivedAsync(engine, "others")).ShouldBe(["a", "b"]);
    }

    [Fact]
    public async Task What_a_process_left_that_died_behind_the_deletion_the_timer_ends()
    {
        var (engine, dying) = (await StartWithTopicAsync(), Start());
        await SubscribeAsync(engine, "orders");
        var held = dying.Faults.Hold(r => r.IsTableWrite && r.Operations.Any(o => o.RowKey.StartsWith("s:", StringComparison.Ordinal)));
        var deleting = dying.Engine.DeleteQueueAsync(TestEngine.Name("orders"), Cancellation);
        await held.Reached;
        dying.Kill();
        held.Release();
        (await deleting.WithinPatienceAsync()).Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
        Time.Advance(Options.SettingsCacheTime);
        await ForwardAsync(engine);
        (await engine.Topics.GetSubscriptionsAsync(Events, null, Cancellation)).Value.ShouldBeEmpty();
        (await PublishAsync(engine, "a")).Matched.ShouldBe(0);
    }

    [Fact]
    public async Task The_subscriptions_that_go_are_those_of_the_generation_that_is_deleted()
    {
        var (engine, other) = (await StartWithTopicAsync(), Start());
        await SubscribeAsync(engine, "orders");
        var read = engine.Faults.Hold(r => r.IsRowRead && r.Uri.OriginalString.Contains("orders", StringComparison.Ordinal));
        var deleting = engine.Engine.DeleteQueueAsync(TestEngine.Name("orders"), Cancellation);
        await read.Reached;
        // Another queue of the name is there before the deletion looks, with a subscription of its own.
        (await other.Engine.DeleteQueueAsync(TestEngine.Name("orders"), Cancellation)).Value.ShouldBeTrue();
        await SubscribeAsync(other, "orders");
        read.Release();
        (await deleting.WithinPatienceAsync()).Value.ShouldBeTrue();
        (await other.Topics.GetSubscriptionsAsync(Events, null, Cancellation)).Value.ShouldBeEmpty();
    }
}

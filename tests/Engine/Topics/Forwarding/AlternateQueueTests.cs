using FuncQueue.Engine.Tests.Support;
using FuncQueue.Engine.Topics;

namespace FuncQueue.Engine.Tests.Topics.Forwarding;

/// <summary>What no subscription takes goes to the alternate queue, if there is one.</summary>
public sealed class AlternateQueueTests(AzuriteFixture azurite) : ForwardingTest(azurite)
{
    [Fact]
    public async Task What_nobody_takes_is_in_the_alternate_queue_and_nothing_else_is()
    {
        var engine = await StartAsync("rest");
        await SubscribeAsync(engine, "a", ByKey("a"));
        (await PublishAsync(engine, Routed("1", "a"))).Matched.ShouldBe(1);
        (await PublishAsync(engine, Routed("2", "b") with { Mandatory = true })).Matched.ShouldBe(0);
        (await ArrivedAsync(engine, "a")).ShouldBe(["1"]);
        (await RestAsync(engine, "rest")).ShouldBe(["2"]);
        (await engine.Topics.GetSubscriptionsAsync(Events, null, Cancellation)).Value.Count.ShouldBe(1);
    }

    [Fact]
    public async Task It_can_be_another_one_or_none_from_the_answer_on()
    {
        var engine = await StartAsync("rest");
        await PublishAsync(engine, "1");
        await CreateAsync(engine, "other");
        await PutAsync(engine, new TopicSettingsChange { AlternateQueue = new Given<string?>("other") });
        await PublishAsync(engine, "2");
        await PutAsync(engine, new TopicSettingsChange { AlternateQueue = new Given<string?>(null) });
        await PublishAsync(engine, "3");
        await PutAsync(engine, new TopicSettingsChange { AlternateQueue = new Given<string?>("rest") });
        await PublishAsync(engine, "4");
        await PutAsync(engine, new TopicSettingsChange { AlternateQueue = new Given<string?>(null) });
        (await TakeAllAsync(engine, "rest")).Select(m => m.Text()).ShouldBe(["1", "4"]);
        (await TakeAllAsync(engine, "other")).Select(m => m.Text()).ShouldBe(["2"]);
    }

    [Fact]
    public async Task A_queue_can_be_subscribed_and_be_the_alternate_one()
    {
        var engine = await StartAsync("rest");
        await SubscribeAsync(engine, "rest", ByKey("a"));
        await PublishAsync(engine, Routed("1", "a"));
        await PublishAsync(engine, Routed("2", "b"));
        (await RestAsync(engine, "rest")).ShouldBe(["1", "2"], ignoreOrder: true);
    }

    [Fact]
    public async Task It_must_be_there_and_cannot_be_deleted()
    {
        var engine = await StartAsync("rest");
        var put = await engine.Topics.PutTopicAsync(
            Events,
            new TopicSettingsChange { AlternateQueue = new Given<string?>("missing") },
            default,
            Cancellation
        );
        put.Failure.ShouldBeOfType<Failure.QueueNotFound>();
        (await engine.Engine.DeleteQueueAsync(TestEngine.Name("rest"), Cancellation)).Failure.ShouldBe(new Failure.QueueInUse(Events));
        await PutAsync(engine, new TopicSettingsChange { AlternateQueue = new Given<string?>(null) });
        (await engine.Engine.DeleteQueueAsync(TestEngine.Name("rest"), Cancellation)).Value.ShouldBeTrue();
    }

    private static async Task<IReadOnlyList<string>> RestAsync(TestEngine engine, string queue)
    {
        await engine.Topics.WhenIdleAsync();
        return [.. (await TakeAllAsync(engine, queue)).Select(m => m.Text())];
    }

    private static async Task CreateAsync(TestEngine engine, string queue) =>
        (
            await engine.Engine.SetQueueAsync(TestEngine.Name(queue), new QueueSettingsChange(), default, Cancellation)
        ).Failure.ShouldBeNull();

    private async Task<TestEngine> StartAsync(string alternate)
    {
        var engine = Start();
        await CreateAsync(engine, alternate);
        await PutAsync(engine, new TopicSettingsChange { Partitions = 1, AlternateQueue = new Given<string?>(alternate) });
        return engine;
    }
}

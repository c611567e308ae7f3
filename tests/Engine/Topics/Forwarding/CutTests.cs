using FuncQueue.Engine.Tests.Support;
using FuncQueue.Engine.Topics;

namespace FuncQueue.Engine.Tests.Topics.Forwarding;

/// <summary>
/// A process that changes subscriptions is stopped behind each of its writes, which arrives or not: whoever asks for the same then gets it,
/// and each record is where it belongs once.
/// </summary>
[Trait("Guarantee", "6")]
public sealed class CutTests(AzuriteFixture azurite) : ForwardingTest(azurite)
{
    private static readonly QueueName Orders = TestEngine.Name("orders");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_subscription_that_was_made_in_part_is_made(bool arrives) =>
        CutEverywhereAsync(
            arrives,
            prepare: _ => Task.CompletedTask,
            change: engine => engine.Topics.PutSubscriptionAsync(Events, Orders, Request(), default, Cancellation),
            ["after"]
        );

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_subscription_from_the_earliest_that_was_made_in_part_is_made(bool arrives) =>
        CutEverywhereAsync(
            arrives,
            prepare: _ => Task.CompletedTask,
            change: engine =>
                engine.Topics.PutSubscriptionAsync(
                    Events,
                    Orders,
                    Request() with
                    {
                        From = new SubscriptionStart.Earliest(),
                    },
                    default,
                    Cancellation
                ),
            ["before", "after"]
        );

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Filters_that_were_changed_in_part_are_changed(bool arrives) =>
        CutEverywhereAsync(
            arrives,
            prepare: engine => SubscribeAsync(engine, "orders", ByKey("none")),
            change: engine =>
                engine.Topics.ChangeFiltersAsync(
                    Events,
                    new Dictionary<QueueName, Engine.Topics.Filters.SubscriptionFilters> { [Orders] = ByKey("k") },
                    Cancellation
                ),
            ["after"]
        );

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_subscription_that_was_ended_in_part_is_ended(bool arrives) =>
        CutEverywhereAsync(
            arrives,
            prepare: engine => SubscribeAsync(engine, "orders"),
            change: engine => engine.Topics.DeleteSubscriptionAsync(Events, Orders, drain: true, Cancellation),
            ["before"]
        );

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task An_alternate_queue_that_was_set_in_part_is_set(bool arrives) =>
        CutEverywhereAsync(
            arrives,
            prepare: _ => Task.CompletedTask,
            change: engine =>
                engine.Topics.PutTopicAsync(
                    Events,
                    new TopicSettingsChange { AlternateQueue = new Given<string?>("orders") },
                    default,
                    Cancellation
                ),
            ["after"]
        );

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_seek_that_was_made_in_part_is_made(bool arrives) =>
        CutEverywhereAsync(
            arrives,
            prepare: async engine =>
            {
                await SubscribeAsync(engine, "orders", ByKey("none"));
            },
            change: async engine =>
            {
                await engine.Topics.ChangeFiltersAsync(
                    Events,
                    new Dictionary<QueueName, Engine.Topics.Filters.SubscriptionFilters>
                    {
                        [Orders] = Engine.Topics.Filters.SubscriptionFilters.None,
                    },
                    Cancellation
                );
                return await engine.Topics.SeekSubscriptionAsync(Events, Orders, new SubscriptionStart.Earliest(), Cancellation);
            },
            ["before", "after"],
            // Of two seeks each forwards what lies behind it.
            isTwice: text => text == "before"
        );

    private static SubscriptionRequest Request() => new() { Target = SubscriptionTarget.To(Orders) };

    private async Task CutEverywhereAsync<T>(
        bool arrives,
        Func<TestEngine, Task> prepare,
        Func<TestEngine, Task<Outcome<T>>> change,
        string[] expected,
        Func<string, bool>? isTwice = null
    )
    {
        var cuts = 0;
        for (var isCut = true; isCut; cuts++)
        {
            var options = Options with { RegistryTable = $"r{Guid.NewGuid():N}" };
            var (engine, dying) = (Start(options), Start(options));
            await PutAsync(engine, new TopicSettingsChange { Partitions = 2 });
            (await engine.Engine.SetQueueAsync(Orders, new QueueSettingsChange(), default, Cancellation)).Failure.ShouldBeNull();
            await prepare(engine);
            for (var partition = 0; partition < 2; partition++)
                await PublishAsync(engine, Routed("before", "k") with { Partition = partition });
            isCut = await Cut.BehindAsync(dying, cuts, arrives, async () => (await change(dying)).Failure);
            if (isCut)
                (await change(engine).WithinPatienceAsync()).Failure.ShouldBeNull();
            for (var partition = 0; partition < 2; partition++)
                await PublishAsync(engine, Routed("after", "k") with { Partition = partition });
            Time.Advance(TimeSpan.FromSeconds(3));
            await ForwardAsync(engine);
            await engine.Topics.WhenIdleAsync();
            var arrived = (await TakeAllAsync(engine, "orders")).Select(m => m.Text()).ToLookup(t => t);
            arrived.Select(a => a.Key).ShouldBe(expected, ignoreOrder: true, $"behind write {cuts}");
            foreach (var text in arrived)
            {
                if (isTwice?.Invoke(text.Key) == true)
                    text.Count().ShouldBeInRange(2, 4, $"{text.Key} behind write {cuts}");
                else
                    text.Count().ShouldBe(2, $"{text.Key} behind write {cuts}");
            }
        }

        cuts.ShouldBeGreaterThan(3);
    }
}

using Azure.Data.Tables;
using FuncQueue.Engine.Tests.Support;
using FuncQueue.Engine.Topics;

namespace FuncQueue.Engine.Tests.Topics.Forwarding;

/// <summary>Deletion and retention of a topic that queues subscribe to.</summary>
public sealed class SubscribedTopicTests(AzuriteFixture azurite) : ForwardingTest(azurite)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_routed_before_a_deletion_arrives_in_full_if_that_is_asked_for_and_nothing_is_left(bool drain)
    {
        var engine = await StartWithTopicAsync(new TopicSettingsChange { Partitions = 2 });
        await SubscribeAsync(engine, "orders");
        await PublishAllAsync(engine, Enumerable.Range(0, 40).Select(i => Text($"{i}") with { Key = $"{i % 5}" }));
        (await engine.Topics.DeleteTopicAsync(Events, drain, Cancellation).WithinPatienceAsync()).Value.ShouldBeTrue();
        var arrived = (await TakeAllAsync(engine, "orders")).Select(m => int.Parse(m.Text(), null)).Order().ToList();
        arrived.ShouldBeUnique();
        if (drain)
            arrived.ShouldBe(Enumerable.Range(0, 40));
        var registry = new TableClient(Azurite.ConnectionString, Options.RegistryTable);
        registry
            .Query<TableEntity>(cancellationToken: Cancellation)
            .Select(r => r.RowKey)
            .Where(key => key.Length > 1 && key[1] == ':' && "oslyv".Contains(key[0], StringComparison.Ordinal))
            .ShouldBe(["v:queues", "v:topics"]);
        // A topic of the same name has nothing of it.
        (await PutAsync(engine)).Created.ShouldBeTrue();
        await PublishAsync(engine, "new");
        (await TakeAllAsync(engine, "orders")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Records_that_a_subscription_has_not_taken_outlive_their_retention_and_go_once_it_has()
    {
        var engine = await StartWithTopicAsync(OnePartition with { Retention = TimeSpan.FromHours(1) });
        await SubscribeAsync(engine, "orders");
        await PublishAsync(engine, "first");
        await AllArriveAsync(engine, "orders");
        // Nothing more gets into the queue.
        var held = engine.Faults.Refuse(r => r.IsTableWrite && r.Operations.Any(o => o.IsOn("f")), times: int.MaxValue);
        await PublishAsync(engine, "second");
        await Eventually.HoldsAsync("it was tried", () => held.Count > 0);
        engine.Kill();
        var other = Start();
        Time.Advance(TimeSpan.FromHours(2));
        other.Faults.Refuse(r => r.IsTableWrite && r.Operations.Any(o => o.IsOn("f")), times: int.MaxValue);
        (await other.Topics.SweepAsync(everything: false, Cancellation)).Value.RecordsRemoved.ShouldBe(1);
        (await TextsAsync(other)).ShouldBe(["second"]);
        other.Faults.Clear();
        await Eventually.HoldsAsync(
            "it went, and had arrived before",
            async () =>
            {
                Time.Advance(TimeSpan.FromMinutes(1));
                await ForwardAsync(other);
                await other.Topics.SweepAsync(everything: false, Cancellation);
                return (await ReadEverythingAsync(other)).Count == 0;
            }
        );
        (await TakeAllAsync(other, "orders")).Select(m => m.Text()).ShouldBe(["first", "second"]);
    }

    [Fact]
    public async Task A_process_that_stops_lets_nobody_wait_for_what_is_still_to_arrive_and_another_goes_on()
    {
        var (engine, other) = (await StartWithTopicAsync(), Start());
        await SubscribeAsync(engine, "orders");
        engine.Faults.Refuse(r => r.InsertsMessages, int.MaxValue);
        await PublishAsync(engine, "a");
        var ending = engine.Topics.DeleteSubscriptionAsync(Events, TestEngine.Name("orders"), drain: true, Cancellation);
        await Eventually.HoldsAsync("it waits", async () => !await IsThereAsync(other));
        engine.Topics.StopWaiting();
        // Long before the minute is over that it would wait.
        (
            await ending.WaitAsync(TimeSpan.FromSeconds(40), TimeProvider.System, Cancellation)
        ).Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
        engine.Kill();
        (await other.Topics.DeleteSubscriptionAsync(Events, TestEngine.Name("orders"), drain: true, Cancellation)).Value.ShouldBeTrue();
        (await TakeAllAsync(other, "orders")).Select(m => m.Text()).ShouldBe(["a"]);
    }

    /// <summary>Whether callers know of the subscription, which from its end on they do not.</summary>
    private static async Task<bool> IsThereAsync(TestEngine engine) =>
        (await engine.Topics.FindSubscriptionAsync(Events, TestEngine.Name("orders"), Cancellation)).Failure is null;
}

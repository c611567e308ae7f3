using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Timing;

/// <summary>When a message comes back that was not acked.</summary>
public sealed class NackTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    [Fact]
    public async Task A_nacked_message_comes_back_at_once()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        await engine.EnqueueAsync("a");
        for (var delivery = 1; delivery <= 9; delivery++)
        {
            var message = await (delivery % 2 == 0 ? other : engine).DequeueOneAsync();
            message.Message.DeliveryCount.ShouldBe(delivery);
            (await engine.NackAsync(message)).ShouldBe(SettleStatus.Ok);
        }
    }

    [Fact]
    public async Task The_delay_of_a_nack_counts_from_the_nack()
    {
        var (engine, other) = (
            await StartWithQueueAsync(
                new QueueSettingsChange { RetryBackoffInitial = TimeSpan.FromSeconds(5), RetryBackoffMax = TimeSpan.FromSeconds(5) }
            ),
            Start()
        );
        await engine.EnqueueAsync("a");
        var message = await engine.DequeueOneAsync();
        Time.Advance(TimeSpan.FromSeconds(10));
        await engine.NackAsync(message, TimeSpan.FromSeconds(60));
        (await engine.FindAsync(message.Id())).Status.ShouldBe(MessageStatus.Scheduled);
        Time.Advance(TimeSpan.FromSeconds(60) - Tick);
        (await engine.DequeueAsync()).ShouldBeEmpty();
        (await other.DequeueAsync()).ShouldBeEmpty();
        Time.Advance(Tick);
        (await other.DequeueOneAsync()).Message.DeliveryCount.ShouldBe(2);
    }

    [Fact]
    public async Task Without_a_delay_the_retry_backoff_of_the_queue_doubles_up_to_its_limit()
    {
        var engine = await StartWithQueueAsync(
            new QueueSettingsChange
            {
                MaxDeliveryCount = (int?)null,
                MessageTimeToLive = (TimeSpan?)null,
                RetryBackoffInitial = TimeSpan.FromSeconds(3),
                RetryBackoffMax = TimeSpan.FromSeconds(20),
            }
        );
        await engine.EnqueueAsync("a");
        foreach (var seconds in new[] { 3, 6, 12, 20, 20, 20 })
        {
            (await engine.NackAsync(await engine.DequeueOneAsync())).ShouldBe(SettleStatus.Ok);
            // Up to a fifth less than the whole.
            Time.Advance(TimeSpan.FromSeconds(seconds * 0.8) - Tick);
            (await engine.DequeueAsync()).ShouldBeEmpty();
            Time.Advance(TimeSpan.FromSeconds(seconds * 0.2) + Tick);
        }

        (await engine.DequeueOneAsync()).Message.DeliveryCount.ShouldBe(7);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_retry_backoff_counts_from_the_end_of_an_expired_lease(bool swept)
    {
        var lease = TimeSpan.FromSeconds(30);
        var (engine, other) = (
            await StartWithQueueAsync(
                new QueueSettingsChange { RetryBackoffInitial = TimeSpan.FromSeconds(60), RetryBackoffMax = TimeSpan.FromSeconds(60) }
            ),
            Start()
        );
        await engine.EnqueueAsync("a");
        await engine.DequeueOneAsync(lease);
        Time.Advance(lease + TimeSpan.FromSeconds(48) - Tick);
        if (swept)
            await other.SweepAsync();
        (await engine.DequeueAsync()).ShouldBeEmpty();
        (await other.DequeueAsync()).ShouldBeEmpty();
        Time.Advance(TimeSpan.FromSeconds(12) + Tick + Options.ClockSkewBound);
        (await other.DequeueOneAsync()).Message.DeliveryCount.ShouldBe(2);
    }
}

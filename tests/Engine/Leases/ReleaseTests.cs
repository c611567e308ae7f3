using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Leases;

/// <summary>A released message is as it was before its delivery.</summary>
public sealed class ReleaseTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    private static readonly Settlement Release = new Settlement.Release();

    [Fact]
    public async Task A_released_message_is_ready_at_once_and_its_delivery_is_not_counted()
    {
        var minute = TimeSpan.FromMinutes(1);
        var (engine, other) = (
            await StartWithQueueAsync(new QueueSettingsChange { RetryBackoffInitial = minute, RetryBackoffMax = minute }),
            Start()
        );
        var id = await engine.EnqueueAsync("a");
        for (var round = 0; round < 3; round++)
        {
            var message = await engine.DequeueOneAsync();
            message.Message.DeliveryCount.ShouldBe(1);
            (await other.SettleAsync(Release, message)).Status.ShouldBe(SettleStatus.Ok);
            (await other.FindAsync(id)).ShouldSatisfyAllConditions(
                m => m.Status.ShouldBe(MessageStatus.Ready),
                m => m.DeliveryCount.ShouldBe(0),
                m => m.FirstDeliveredAt.ShouldBeNull()
            );
        }
    }

    [Fact]
    public async Task Deliveries_before_the_released_one_stay_counted()
    {
        var engine = await StartWithQueueAsync();
        var id = await engine.EnqueueAsync("a");
        await engine.NackAsync(await engine.DequeueOneAsync(), TimeSpan.Zero);
        await engine.NackAsync(await engine.DequeueOneAsync(), TimeSpan.Zero);
        await engine.SettleAsync(Release, await engine.DequeueOneAsync());
        (await engine.FindAsync(id)).DeliveryCount.ShouldBe(2);
        (await engine.DequeueOneAsync()).Message.DeliveryCount.ShouldBe(3);
    }

    [Fact]
    public async Task A_message_released_at_its_last_delivery_is_delivered_again()
    {
        var engine = await StartWithQueueAsync(new QueueSettingsChange { MaxDeliveryCount = 1 });
        await engine.EnqueueAsync("a");
        await engine.SettleAsync(Release, await engine.DequeueOneAsync());
        await engine.SweepAsync();
        await engine.NackAsync(await engine.DequeueOneAsync());
        (await engine.CountsAsync()).ShouldBe(new MessageCounts(0, 0, 0, 1));
    }

    [Fact]
    public async Task Once_the_lease_has_ended_or_was_given_back_a_release_is_a_lost_lease()
    {
        var engine = await StartWithQueueAsync();
        var id = await engine.EnqueueAsync("a");
        var message = await engine.DequeueOneAsync(TimeSpan.FromSeconds(10));
        Time.Advance(TimeSpan.FromSeconds(10));
        (await engine.SettleAsync(Release, message)).Status.ShouldBe(SettleStatus.LeaseLost);
        (await engine.FindAsync(id)).DeliveryCount.ShouldBe(1);
        Time.Advance(TimeSpan.FromSeconds(10));
        message = await engine.DequeueOneAsync();
        (await engine.SettleAsync(Release, message)).Status.ShouldBe(SettleStatus.Ok);
        (await engine.SettleAsync(Release, message)).Status.ShouldBe(SettleStatus.LeaseLost);
        (await engine.AckAsync(message)).ShouldBe(SettleStatus.LeaseLost);
        (await engine.FindAsync(id)).DeliveryCount.ShouldBe(1);
    }

    [Fact]
    public async Task A_released_message_goes_to_a_receiver_that_waits()
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAsync("a");
        var message = await engine.DequeueOneAsync();
        var waiting = engine.DequeueAsync(wait: TimeSpan.FromSeconds(20));
        (await engine.SettleAsync(Release, message)).Status.ShouldBe(SettleStatus.Ok);
        (await waiting).ShouldHaveSingleItem().Message.DeliveryCount.ShouldBe(1);
    }

    [Fact]
    public async Task On_a_FIFO_queue_released_messages_keep_their_place_and_free_their_group()
    {
        var (engine, other) = (await StartWithQueueAsync(new QueueSettingsChange { Type = QueueType.Fifo }), Start());
        foreach (var text in new[] { "a1", "a2", "a3" })
            await engine.EnqueueAsync(TestEngine.Text(text) with { GroupId = "a" });
        var messages = await engine.DequeueAsync(2);
        (await other.DequeueAsync(10)).ShouldBeEmpty();
        (await other.TrySettleAsync(Release, messages)).Value.ShouldAllBe(s => s.Status == SettleStatus.Ok);
        var again = await other.DequeueAsync(10);
        again.Select(m => m.Text()).ShouldBe(["a1", "a2", "a3"]);
        again.ShouldAllBe(m => m.Message.DeliveryCount == 1);
    }

    [Fact]
    public async Task Of_a_release_and_an_ack_of_one_lease_one_holds()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        for (var round = 0; round < 10; round++)
        {
            await engine.EnqueueAsync($"{round}");
            var message = await engine.DequeueOneAsync();
            var (release, ack) = (engine.SettleAsync(Release, message), other.AckAsync(message));
            var released = (await release).Status == SettleStatus.Ok;
            ((await ack) == SettleStatus.Ok).ShouldBe(!released);
            (await engine.DequeueEverythingAsync()).Count.ShouldBe(released ? 1 : 0);
            await engine.Engine.PurgeAsync(engine.Queue, MessageSource.Live, Cancellation);
        }
    }
}

using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Timing;

/// <summary>Times to live: an expired message is never delivered.</summary>
public sealed class TimeToLiveTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    [Fact]
    public async Task An_expired_message_is_neither_delivered_nor_counted_nor_shown()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        var id = await engine.EnqueueAsync(TestEngine.Text("a") with { TimeToLive = Ttl });
        Time.Advance(Ttl - Tick);
        (await other.PeekEverythingAsync()).ShouldHaveSingleItem().ExpiresAt.ShouldBe(Time.GetUtcNow() + Tick);
        Time.Advance(Tick);
        (await other.PeekEverythingAsync()).ShouldBeEmpty();
        (await other.CountsAsync()).ShouldBe(default);
        (await other.Engine.FindMessageAsync(other.Queue, id, Cancellation)).Failure.ShouldBeOfType<Failure.MessageNotFound>();
        (await engine.DequeueAsync()).ShouldBeEmpty();
        (await other.DequeueAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_message_can_be_had_until_the_last_instant()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        await engine.EnqueueAllAsync([TestEngine.Text("a") with { TimeToLive = Ttl }, TestEngine.Text("b") with { TimeToLive = Ttl }]);
        Time.Advance(Ttl - Tick);
        await engine.DequeueOneAsync();
        await other.DequeueOneAsync();
    }

    [Fact]
    public async Task A_leased_message_outlives_its_time_to_live_until_its_lease_ends()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        await engine.EnqueueAllAsync([TestEngine.Text("a") with { TimeToLive = Ttl }, TestEngine.Text("b") with { TimeToLive = Ttl }]);
        var messages = await engine.DequeueAsync(2, TimeSpan.FromMinutes(10));
        Time.Advance(TimeSpan.FromMinutes(9));
        await other.SweepAsync();
        (await other.DequeueAsync()).ShouldBeEmpty();
        (await other.CountsAsync()).ShouldBe(new MessageCounts(0, 2, 0, 0));
        (await engine.AckAsync(messages[0])).ShouldBe(SettleStatus.Ok);
        (await engine.NackAsync(messages[1])).ShouldBe(SettleStatus.Ok);
        (await engine.DequeueAsync()).ShouldBeEmpty();
        (await engine.CountsAsync()).ShouldBe(default);
    }

    [Fact]
    public async Task A_queue_that_dead_letters_what_expires_does_so_when_a_dequeue_comes_by()
    {
        var (engine, other) = (await StartWithQueueAsync(new QueueSettingsChange { OnExpiry = ExpiryAction.DeadLetter }), Start());
        var ids = await engine.EnqueueAllAsync([TestEngine.Text("a") with { TimeToLive = Ttl }, TestEngine.Text("b")]);
        Time.Advance(Ttl);
        (await other.DequeueAsync(10)).ShouldHaveSingleItem().Text().ShouldBe("b");
        var dead = (await engine.DequeueEverythingAsync(source: MessageSource.DeadLetters)).ShouldHaveSingleItem();
        dead.Id().ShouldBe(ids[0]);
        dead.Message.DeadLetterReason.ShouldBe("expired");
        dead.Message.DeliveryCount.ShouldBe(0);
    }

    [Fact]
    public async Task Without_a_time_to_live_a_message_lives_for_ever()
    {
        var engine = await StartWithQueueAsync(new QueueSettingsChange { MessageTimeToLive = (TimeSpan?)null });
        await engine.EnqueueAsync("a");
        Time.Advance(TimeSpan.FromDays(3650));
        await engine.SweepAsync(everything: true);
        (await engine.DequeueOneAsync()).Message.ExpiresAt.ShouldBeNull();
    }

    [Fact]
    public async Task The_time_to_live_of_a_message_that_is_held_back_counts_from_the_instant_at_which_it_is_due()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        var dueAt = Time.GetUtcNow() + Ttl * 2;
        await engine.EnqueueAllAsync([
            TestEngine.Text("delayed") with
            {
                TimeToLive = Ttl,
                Delay = Ttl * 2,
            },
            TestEngine.Text("scheduled") with
            {
                TimeToLive = Ttl,
                EnqueueAt = dueAt,
            },
            TestEngine.Text("for long") with
            {
                Delay = TimeSpan.FromDays(365),
            },
        ]);
        Time.Advance(Ttl * 2);
        (await other.PeekEverythingAsync()).Select(m => m.ExpiresAt).ShouldAllBe(at => at == dueAt + Ttl);
        Time.Advance(Ttl - Tick);
        (await other.DequeueAsync(10, TimeSpan.Zero)).Count.ShouldBe(2);
        Time.Advance(Tick);
        (await engine.DequeueAsync(10)).ShouldBeEmpty();
        Time.Advance(TimeSpan.FromDays(365) - Ttl * 3);
        (await engine.DequeueOneAsync()).Text().ShouldBe("for long");
    }
}

using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Leases;

/// <summary>Extending a lease.</summary>
public sealed class ExtendTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task An_extension_counts_from_now_and_the_receipt_stays_good()
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAsync("a");
        var message = await engine.DequeueOneAsync(Lease);
        Time.Advance(TimeSpan.FromSeconds(20));
        (await engine.ExtendAsync(message, TimeSpan.FromSeconds(60))).ShouldBe(
            new Settled(SettleStatus.Ok, Time.GetUtcNow() + TimeSpan.FromSeconds(60), message.Id())
        );
        Time.Advance(TimeSpan.FromSeconds(59));
        (await engine.DequeueAsync()).ShouldBeEmpty();
        (await engine.ExtendAsync(message, TimeSpan.FromSeconds(60))).Status.ShouldBe(SettleStatus.Ok);
        (await engine.AckAsync(message)).ShouldBe(SettleStatus.Ok);
        (await engine.CountsAsync()).ShouldBe(default);
    }

    [Fact]
    public async Task An_extension_can_shorten_a_lease()
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAsync("a");
        var message = await engine.DequeueOneAsync(TimeSpan.FromHours(12));
        (await engine.ExtendAsync(message, Lease)).VisibleAt.ShouldBe(Time.GetUtcNow() + Lease);
        Time.Advance(Lease + Options.ClockSkewBound);
        (await engine.DequeueOneAsync()).Message.DeliveryCount.ShouldBe(2);
        (await engine.AckAsync(message)).ShouldBe(SettleStatus.LeaseLost);
    }

    [Fact]
    public async Task Without_a_duration_the_setting_of_the_queue_counts()
    {
        var engine = await StartWithQueueAsync(new QueueSettingsChange { VisibilityTimeout = TimeSpan.FromSeconds(77) });
        await engine.EnqueueAsync("a");
        var message = await engine.DequeueOneAsync(Lease);
        Time.Advance(TimeSpan.FromSeconds(10));
        (await engine.ExtendAsync(message, null)).VisibleAt.ShouldBe(Time.GetUtcNow() + TimeSpan.FromSeconds(77));
    }

    [Fact]
    public async Task An_extension_by_zero_makes_the_message_visible_at_once()
    {
        var engine = await StartWithQueueAsync(options: Options with { ClockSkewBound = TimeSpan.Zero });
        await engine.EnqueueAsync("a");
        var message = await engine.DequeueOneAsync(Lease);
        (await engine.ExtendAsync(message, TimeSpan.Zero)).ShouldBe(new Settled(SettleStatus.Ok, Time.GetUtcNow(), message.Id()));
        (await engine.DequeueOneAsync()).Message.DeliveryCount.ShouldBe(2);
    }

    [Fact]
    public async Task The_end_of_an_extended_lease_can_be_moved_again_by_another_process()
    {
        var (first, second) = (await StartWithQueueAsync(), Start());
        await first.EnqueueAsync("a");
        var message = await first.DequeueOneAsync(Lease);
        (await second.ExtendAsync(message, TimeSpan.FromMinutes(10))).Status.ShouldBe(SettleStatus.Ok);
        Time.Advance(TimeSpan.FromMinutes(9));
        // The first process gave a lease that is over by its own knowledge.
        (await first.DequeueAsync()).ShouldBeEmpty();
        (await first.SweepAsync()).Redelivered.ShouldBe(0);
        (await first.AckAsync(message)).ShouldBe(SettleStatus.Ok);
    }

    [Fact]
    public async Task An_expired_lease_that_nobody_else_got_can_be_extended()
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAsync("a");
        var message = await engine.DequeueOneAsync(Lease);
        Time.Advance(TimeSpan.FromHours(1));
        (await engine.ExtendAsync(message, Lease)).ShouldBe(new Settled(SettleStatus.Ok, Time.GetUtcNow() + Lease, message.Id()));
        (await engine.DequeueAsync()).ShouldBeEmpty();
        (await engine.AckAsync(message)).ShouldBe(SettleStatus.Ok);
    }
}

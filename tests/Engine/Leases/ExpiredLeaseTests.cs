using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Leases;

/// <summary>Guarantee 2 at the end of a lease: who may have the message when.</summary>
[Trait("Guarantee", "2")]
public sealed class ExpiredLeaseTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    [Fact]
    public async Task While_a_lease_holds_nobody_else_gets_the_message()
    {
        var (first, second) = (await StartWithQueueAsync(), Start());
        await first.EnqueueAsync("a");
        var message = await first.DequeueOneAsync(Lease);
        message.Message.VisibleAt.ShouldBe(Time.GetUtcNow() + Lease);
        Time.Advance(Lease - Tick);
        (await first.DequeueAsync()).ShouldBeEmpty();
        (await second.DequeueAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_process_that_gave_a_lease_gives_the_message_again_as_soon_as_it_ends()
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAsync("a");
        var first = await engine.DequeueOneAsync(Lease);
        Time.Advance(Lease);
        var second = await engine.DequeueOneAsync(Lease);
        second.Id().ShouldBe(first.Id());
        second.Receipt.ShouldNotBe(first.Receipt);
        second.Message.DeliveryCount.ShouldBe(2);
    }

    [Fact]
    public async Task The_first_of_several_deliveries_is_remembered_by_whichever_process()
    {
        var (first, second) = (await StartWithQueueAsync(), Start());
        await first.EnqueueAsync("a");
        var began = Time.GetUtcNow();
        (await first.DequeueOneAsync(Lease)).Message.FirstDeliveredAt.ShouldBe(began);
        Time.Advance(Lease + Options.ClockSkewBound);
        var again = await second.DequeueOneAsync(Lease);
        again.Message.FirstDeliveredAt.ShouldBe(began);
        await second.NackAsync(again);
        Time.Advance(Lease);
        (await first.DequeueOneAsync(Lease)).Message.FirstDeliveredAt.ShouldBe(began);
    }

    [Fact]
    public async Task Another_process_takes_a_lease_over_only_after_the_clock_skew_bound()
    {
        var (first, second) = (await StartWithQueueAsync(), Start());
        await first.EnqueueAsync("a");
        await first.DequeueOneAsync(Lease);
        Time.Advance(Lease + Options.ClockSkewBound - Tick);
        (await second.DequeueAsync()).ShouldBeEmpty();
        Time.Advance(Tick);
        (await second.DequeueOneAsync()).Message.DeliveryCount.ShouldBe(2);
    }

    [Fact]
    public async Task A_lease_that_another_process_extended_is_taken_over_only_after_the_clock_skew_bound()
    {
        var (first, second) = (await StartWithQueueAsync(), Start());
        await first.EnqueueAsync("a");
        var message = await first.DequeueOneAsync(Lease);
        (await second.ExtendAsync(message, Lease)).Status.ShouldBe(SettleStatus.Ok);
        Time.Advance(Lease + Options.ClockSkewBound - Tick);
        (await first.DequeueAsync()).ShouldBeEmpty();
        Time.Advance(Tick);
        await first.DequeueOneAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_ack_of_an_expired_lease_that_nobody_else_got_is_ok(bool byAnotherProcess)
    {
        var (first, second) = (await StartWithQueueAsync(), Start());
        await first.EnqueueAllAsync("a", "b");
        var message = await first.DequeueOneAsync(Lease);
        Time.Advance(TimeSpan.FromHours(1));
        (await (byAnotherProcess ? second : first).AckAsync(message)).ShouldBe(SettleStatus.Ok);
        (await second.DequeueEverythingAsync()).ShouldNotContain(m => m.Id() == message.Id());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_ack_of_an_expired_lease_is_ok_also_after_a_sweep_has_made_the_message_ready(bool byAnotherProcess)
    {
        var (first, second) = (await StartWithQueueAsync(), Start());
        await first.EnqueueAllAsync("a", "b");
        var message = await first.DequeueOneAsync(Lease);
        Time.Advance(TimeSpan.FromHours(1));
        (await (byAnotherProcess ? second : first).SweepAsync()).Redelivered.ShouldBe(1);
        (await first.CountsAsync()).Ready.ShouldBe(2);
        (await first.AckAsync(message)).ShouldBe(SettleStatus.Ok);
        (await second.DequeueEverythingAsync()).ShouldNotContain(m => m.Id() == message.Id());
    }

    [Fact]
    public async Task Settings_of_the_queue_and_of_the_call_say_how_long_a_lease_holds()
    {
        var engine = await StartWithQueueAsync(new QueueSettingsChange { VisibilityTimeout = TimeSpan.FromSeconds(77) });
        await engine.EnqueueAllAsync("a", "b");
        (await engine.DequeueOneAsync()).Message.VisibleAt.ShouldBe(Time.GetUtcNow() + TimeSpan.FromSeconds(77));
        (await engine.DequeueOneAsync(Limits.MaxVisibilityTimeout)).Message.VisibleAt.ShouldBe(Time.GetUtcNow() + TimeSpan.FromHours(12));
    }

    [Fact]
    public async Task With_a_visibility_timeout_of_zero_the_message_is_visible_at_once_and_can_be_acked_until_somebody_gets_it()
    {
        var (first, second) = (await StartWithQueueAsync(), Start());
        await first.EnqueueAsync("a");
        var one = await first.DequeueOneAsync(TimeSpan.Zero);
        var two = await first.DequeueOneAsync(TimeSpan.Zero);
        two.Message.DeliveryCount.ShouldBe(2);
        (await first.AckAsync(one)).ShouldBe(SettleStatus.LeaseLost);
        (await second.AckAsync(two)).ShouldBe(SettleStatus.Ok);
        (await first.DequeueAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_visibility_timeout_of_zero_hands_a_message_out_once_per_call()
    {
        var engine = await StartWithQueueAsync(new QueueSettingsChange { VisibilityTimeout = TimeSpan.Zero });
        await engine.EnqueueAllAsync("a", "b", "c");
        var messages = await engine.DequeueAsync(100);
        messages.Select(m => m.Text()).Order().ShouldBe(["a", "b", "c"]);
    }
}

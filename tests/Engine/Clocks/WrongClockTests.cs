using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Clocks;

/// <summary>What leases are worth when the clock of one process is set wrong while it works.</summary>
public sealed class WrongClockTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private EngineOptions Strict => Options with { MaxClockOffset = new EngineOptions().MaxClockOffset };

    [Fact]
    public async Task A_clock_that_jumps_ends_no_lease_that_the_process_has_in_mind()
    {
        var (time, other) = (new JumpingTime(), await StartWithQueueAsync(options: Strict, time: TimeProvider.System));
        var jumping = Start(Strict, time);
        await jumping.EnqueueAsync("a");
        var held = await jumping.DequeueOneAsync(Lease);
        time.Jump(Minute);
        var early = await jumping.TryDequeueAsync();
        (early.Failure is null ? early.Value : []).ShouldBeEmpty("the lease of the first consumer holds");
        (await other.AckAsync(held)).ShouldBe(SettleStatus.Ok);
    }

    [Fact]
    public async Task A_sweep_by_a_process_with_a_wrong_clock_ends_no_lease_and_no_life()
    {
        var right = await StartWithQueueAsync(new QueueSettingsChange { MaxDeliveryCount = 1 }, Strict, TimeProvider.System);
        var wrong = Start(
            Strict,
            new Microsoft.Extensions.Time.Testing.FakeTimeProvider(TimeProvider.System.GetUtcNow() + TimeSpan.FromDays(30))
        );
        await right.EnqueueAllAsync("leased", "ready");
        var held = await right.DequeueOneAsync(Lease);
        await wrong.SweepAsync(everything: true);
        (await right.CountsAsync()).ShouldBe(new MessageCounts(Ready: 1, Leased: 1, Scheduled: 0, DeadLettered: 0));
        (await right.AckAsync(held)).ShouldBe(SettleStatus.Ok);
    }

    [Theory]
    [InlineData(30)]
    [InlineData(-30)]
    public async Task A_message_taken_by_a_process_with_a_wrong_clock_is_ready_now_and_lives_as_long_as_any(int daysOff)
    {
        var right = await StartWithQueueAsync(options: Strict, time: TimeProvider.System);
        var wrong = Start(
            Strict,
            new Microsoft.Extensions.Time.Testing.FakeTimeProvider(TimeProvider.System.GetUtcNow() + TimeSpan.FromDays(daysOff))
        );
        var id = await wrong.EnqueueAsync("a");
        (await right.SweepAsync(everything: true)).Expired.ShouldBe(0);
        (await right.FindAsync(id)).ExpiresAt!.Value.ShouldBe(
            TimeProvider.System.GetUtcNow() + new QueueSettings().MessageTimeToLive!.Value,
            TimeSpan.FromMinutes(5)
        );
        // Storage tells whole seconds: the message may be ready a moment later.
        (await right.DequeueAsync(wait: TimeSpan.FromSeconds(20))).ShouldHaveSingleItem();
    }

    /// <summary>What was known of the wrong clock says nothing of the one that was put right.</summary>
    [Theory]
    [InlineData(60)]
    [InlineData(-60)]
    public async Task A_clock_that_is_put_right_makes_no_lease_seem_over_before_storage_has_answered(int secondsOff)
    {
        var time = new JumpingTime();
        var engine = await StartWithQueueAsync(options: Strict, time: time);
        await engine.EnqueueAsync("a");
        var held = await engine.DequeueOneAsync(Lease);
        time.Jump(TimeSpan.FromSeconds(secondsOff));
        await Eventually.HoldsAsync("the clock is found wrong", async () => !(await engine.Engine.CheckHealthAsync(Cancellation)).Healthy);
        // The first that the process asks of storage after that is what the release asks.
        time.Jump(TimeSpan.FromSeconds(-secondsOff));
        (await engine.SettleAsync(new Settlement.Release(), held)).Status.ShouldBe(SettleStatus.Ok);
        // Storage tells whole seconds: the message may be ready a moment later.
        var again = (await engine.DequeueAsync(wait: TimeSpan.FromSeconds(20))).ShouldHaveSingleItem();
        again.Message.DeliveryCount.ShouldBe(1);
    }

    [Fact]
    public async Task A_clock_once_found_wrong_stays_so_until_an_answer_proves_it_right()
    {
        var time = new JumpingTime();
        var engine = await StartWithQueueAsync(options: Strict, time: time);
        // Storage tells whole seconds: off by 2.5 s, an answer proves more than 2 s only in the second half of one.
        time.Jump(TimeSpan.FromSeconds(2.5));
        await Eventually.HoldsAsync("the clock is found wrong", async () => !(await engine.Engine.CheckHealthAsync(Cancellation)).Healthy);
        var began = TimeProvider.System.GetTimestamp();
        await Eventually.HoldsAsync(
            "every part of a second has passed",
            async () =>
            {
                (await engine.Engine.CheckHealthAsync(Cancellation)).Healthy.ShouldBeFalse();
                return TimeProvider.System.GetElapsedTime(began) > TimeSpan.FromSeconds(1);
            }
        );
        time.Jump(TimeSpan.FromSeconds(-2.5));
        await Eventually.HoldsAsync("the clock is found right", async () => (await engine.Engine.CheckHealthAsync(Cancellation)).Healthy);
    }
}

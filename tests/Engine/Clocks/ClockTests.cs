using FuncQueue.Engine.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace FuncQueue.Engine.Tests.Clocks;

/// <summary>A process whose clock is wrong hands nothing out and says so; one whose storage does not answer says that.</summary>
public sealed class ClockTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    private EngineOptions Strict => Options with { MaxClockOffset = new EngineOptions().MaxClockOffset };

    [Fact]
    public async Task A_process_with_the_right_time_is_healthy()
    {
        var engine = await StartWithQueueAsync(options: Strict, time: TimeProvider.System);
        (await engine.Engine.CheckHealthAsync(Cancellation)).Healthy.ShouldBeTrue();
        await engine.EnqueueAsync("a");
        await engine.DequeueOneAsync();
    }

    [Theory]
    [InlineData(60)]
    [InlineData(-60)]
    public async Task A_process_with_a_wrong_clock_is_not_healthy_hands_nothing_out_and_still_takes_messages(int secondsOff)
    {
        var wrong = Start(Strict, new FakeTimeProvider(TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(secondsOff)));
        var right = await StartWithQueueAsync(options: Strict, time: TimeProvider.System);
        await right.EnqueueAsync("a");
        (await wrong.Engine.CheckHealthAsync(Cancellation)).Healthy.ShouldBeFalse();
        (await wrong.TryDequeueAsync()).Failure.ShouldBeOfType<Failure.StorageUnavailable>();
        (
            await wrong.TryDequeueAsync(new DequeueRequest { Wait = TimeSpan.FromSeconds(20) })
        ).Failure.ShouldBeOfType<Failure.StorageUnavailable>();
        await wrong.EnqueueAsync("b");
        (await right.DequeueOneAsync()).Message.DeliveryCount.ShouldBe(1);
    }

    [Fact]
    public async Task A_process_whose_clock_was_put_right_works_again()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow() - TimeSpan.FromSeconds(60));
        var engine = Start(Strict, time);
        await engine.PutQueueAsync();
        await engine.EnqueueAsync("a");
        (await engine.TryDequeueAsync()).Failure.ShouldBeOfType<Failure.StorageUnavailable>();
        time.SetUtcNow(TimeProvider.System.GetUtcNow());
        (await engine.Engine.CheckHealthAsync(Cancellation)).Healthy.ShouldBeTrue();
        await engine.DequeueOneAsync();
    }

    [Fact]
    public async Task A_process_whose_storage_does_not_answer_is_not_healthy()
    {
        var engine = await StartWithQueueAsync();
        engine.Faults.Refuse(_ => true, int.MaxValue);
        var report = await engine.Engine.CheckHealthAsync(Cancellation);
        report.Healthy.ShouldBeFalse();
        report.Detail.ShouldNotBeNullOrWhiteSpace();
        engine.Faults.Clear();
        (await engine.Engine.CheckHealthAsync(Cancellation)).Healthy.ShouldBeTrue();
    }

    [Fact]
    public async Task A_process_is_healthy_before_there_is_any_queue() =>
        (await Start().Engine.CheckHealthAsync(Cancellation)).Healthy.ShouldBeTrue();
}

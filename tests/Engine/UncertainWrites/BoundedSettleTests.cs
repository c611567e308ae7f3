using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.UncertainWrites;

/// <summary>
/// A settlement is answered within <see cref="Limits.MaxSettleTime"/>, whatever storage does, and without wearing storage out.
/// </summary>
[Trait("Guarantee", "5")]
public sealed class BoundedSettleTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    [Fact]
    public async Task A_settlement_whose_write_is_not_answered_is_unknown_after_the_bound()
    {
        var (engine, message) = await StartAsync();
        var write = engine.Faults.Hold(r => r.ChangesMessages);
        var answer = engine.TrySettleAsync(new Settlement.Ack(), [message]);
        await write.Reached;
        Time.Advance(Limits.MaxSettleTime - TimeSpan.FromMilliseconds(1));
        answer.IsCompleted.ShouldBeFalse();
        Time.Advance(TimeSpan.FromMilliseconds(1));
        (await answer).Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
        write.Release();
        await Eventually.HoldsAsync("the write arrives all the same", async () => await engine.CountsAsync() == default);
    }

    [Fact]
    public async Task A_settlement_for_which_nothing_was_written_within_the_bound_has_not_happened_and_never_does()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        await engine.EnqueueAllAsync("a", "b");
        var message = await engine.DequeueOneAsync();
        await other.StatusAsync();
        var read = other.Faults.Hold(r => r.ReadsMessageRow);
        var answer = other.TrySettleAsync(new Settlement.Ack(), [message]);
        await read.Reached;
        Time.Advance(Limits.MaxSettleTime);
        (await answer).Failure.ShouldBeOfType<Failure.StorageUnavailable>();
        read.Release();
        // One that comes later goes through the same loop: by then the first has been dropped.
        (await other.AckAsync(message)).ShouldBe(SettleStatus.Ok);
        other.Requests.CountOf(r => r.ChangesMessages).ShouldBe(1);
    }

    [Fact]
    public async Task A_cancellation_is_answered_within_the_bound_too()
    {
        var engine = await StartWithQueueAsync();
        var id = await engine.EnqueueAsync(TestEngine.Text("a") with { Delay = TimeSpan.FromHours(1) });
        var write = engine.Faults.Hold(r => r.ChangesMessages);
        var answer = engine.Engine.CancelScheduledAsync(engine.Queue, id, Cancellation);
        await write.Reached;
        Time.Advance(Limits.MaxSettleTime);
        (await answer).Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
        write.Release();
    }

    [Fact]
    public async Task An_ack_whose_writes_never_arrive_is_answered_after_a_few()
    {
        var (engine, message) = await StartAsync();
        var lost = engine.Faults.LoseRequest(r => r.ChangesMessages, int.MaxValue);
        (await engine.TrySettleAsync(new Settlement.Ack(), [message])).Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
        lost.Count.ShouldBeLessThan(10, "each may take as long as storage is waited for");
    }

    private async Task<(TestEngine Engine, DeliveredMessage Message)> StartAsync()
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAsync("a");
        return (engine, await engine.DequeueOneAsync(TimeSpan.FromMinutes(5)));
    }
}

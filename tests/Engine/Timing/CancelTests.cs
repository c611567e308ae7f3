using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Timing;

/// <summary>A message that is not due yet can be cancelled; then it is never delivered, and otherwise it is.</summary>
public sealed class CancelTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    [Fact]
    public async Task A_cancelled_message_is_never_delivered_and_its_neighbours_in_the_row_are()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        var ids = await engine.EnqueueAllAsync(new[] { "a", "b", "c" }.Select(t => TestEngine.Text(t) with { Delay = TimeSpan.FromHours(1) }));
        (await other.Engine.CancelScheduledAsync(other.Queue, ids[1], Cancellation)).Value.ShouldBeTrue();
        (await engine.Engine.CancelScheduledAsync(engine.Queue, ids[1], Cancellation)).Failure.ShouldBeOfType<Failure.MessageNotFound>();
        Time.Advance(TimeSpan.FromHours(1));
        (await engine.DequeueEverythingAsync()).Select(m => m.Text()).ShouldBe(["a", "c"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_message_that_is_due_leased_or_gone_cannot_be_cancelled()
    {
        var engine = await StartWithQueueAsync();
        var id = await engine.EnqueueAsync(TestEngine.Text("a") with { Delay = TimeSpan.FromSeconds(10) });
        Time.Advance(TimeSpan.FromSeconds(10));
        async Task RefusedAsync() =>
            (await engine.Engine.CancelScheduledAsync(engine.Queue, id, Cancellation)).Failure.ShouldBeOfType<Failure.MessageNotFound>();
        await RefusedAsync();
        var message = await engine.DequeueOneAsync();
        await RefusedAsync();
        (await engine.AckAsync(message)).ShouldBe(SettleStatus.Ok);
        await RefusedAsync();
    }

    [Fact]
    public async Task A_message_that_waits_out_the_backoff_after_its_lease_can_be_cancelled_like_any_that_is_listed()
    {
        var engine = await StartWithQueueAsync(new QueueSettingsChange { RetryBackoffInitial = TimeSpan.FromSeconds(60), RetryBackoffMax = TimeSpan.FromSeconds(60) });
        var id = await engine.EnqueueAsync("a");
        await engine.DequeueOneAsync();
        Time.Advance(TimeSpan.FromSeconds(31));
        (await engine.Engine.ListScheduledAsync(engine.Queue, 10, null, Cancellation)).Value.Messages.Select(m => m.MessageId).ShouldBe([id]);
        (await engine.Engine.CancelScheduledAsync(engine.Queue, id, Cancellation)).Value.ShouldBeTrue();
        Time.Advance(TimeSpan.FromHours(1));
        (await engine.DequeueEverythingAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Of_a_cancellation_and_a_delivery_at_the_due_instant_one_happens()
    {
        for (var round = 0; round < 10; round++)
        {
            var (engine, other) = (Start(), Start());
            engine.Queue = other.Queue = TestEngine.Name($"race-{round}");
            await engine.PutQueueAsync();
            var id = await engine.EnqueueAsync(TestEngine.Text("a") with { Delay = TimeSpan.FromSeconds(10) });
            Time.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromTicks(1));
            var cancelling = engine.Engine.CancelScheduledAsync(engine.Queue, id, Cancellation);
            Time.Advance(TimeSpan.FromTicks(1));
            var delivered = await other.DequeueAsync();
            ((await cancelling).Failure is null ? 1 : 0).ShouldBe(1 - delivered.Count);
        }
    }

    [Fact]
    public async Task The_payload_of_a_cancelled_message_is_collected()
    {
        var engine = await StartWithQueueAsync();
        var body = MessageBody.FromBytes(new byte[Limits.MaxInlineBodyBytes + 1]);
        var id = await engine.EnqueueAsync(new NewMessage { Body = body, Delay = TimeSpan.FromHours(1) });
        (await engine.Engine.CancelScheduledAsync(engine.Queue, id, Cancellation)).Value.ShouldBeTrue();
        (await engine.SweepAsync(SweepScope.Storage)).PayloadsDeleted.ShouldBe(1);
    }

    [Fact]
    public async Task A_cancellation_whose_answer_is_lost_has_happened()
    {
        var engine = await StartWithQueueAsync();
        var ids = await engine.EnqueueAllAsync(new[] { "a", "b" }.Select(t => TestEngine.Text(t) with { Delay = TimeSpan.FromHours(1) }));
        engine.Faults.LoseAnswer(r => r.ChangesMessages);
        (await engine.Engine.CancelScheduledAsync(engine.Queue, ids[0], Cancellation)).Value.ShouldBeTrue();
        engine.Faults.LoseAnswer(r => r.ChangesMessages);
        (await engine.Engine.CancelScheduledAsync(engine.Queue, ids[1], Cancellation)).Value.ShouldBeTrue();
        Time.Advance(TimeSpan.FromHours(2));
        (await engine.DequeueEverythingAsync()).ShouldBeEmpty();
    }
}

using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Timing;

/// <summary>A message that is not due yet can be cancelled; then it is never delivered, and otherwise it is.</summary>
public sealed class CancelTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    [Fact]
    public async Task A_cancelled_message_is_never_delivered_and_its_neighbours_in_the_row_are()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        var ids = await engine.EnqueueAllAsync(
            new[] { "a", "b", "c" }.Select(t => TestEngine.Text(t) with { Delay = TimeSpan.FromHours(1) })
        );
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
        var engine = await StartWithQueueAsync(
            new QueueSettingsChange { RetryBackoffInitial = TimeSpan.FromSeconds(60), RetryBackoffMax = TimeSpan.FromSeconds(60) }
        );
        var id = await engine.EnqueueAsync("a");
        await engine.DequeueOneAsync();
        Time.Advance(TimeSpan.FromSeconds(31));
        (await engine.Operations.ListAsync(engine.Queue, MessageStatus.Scheduled, 10, null, Cancellation))
            .Value.Messages.Select(m => m.MessageId)
            .ShouldBe([id]);
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

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_cancellation_that_arrives_late_while_it_is_being_repeated_has_happened(int messages)
    {
        var engine = await StartWithQueueAsync();
        var ids = await engine.EnqueueAllAsync(
            Enumerable.Range(0, messages).Select(i => TestEngine.Text($"{i}") with { Delay = TimeSpan.FromHours(1) })
        );
        var late = engine.Faults.Delay(r => r.ChangesMessages);
        var held = engine.Faults.Hold(r => r.ChangesMessages);
        var cancelling = engine.Engine.CancelScheduledAsync(engine.Queue, ids[0], Cancellation);
        await held.Reached;
        await late.ArriveAsync();
        held.Release();
        (await cancelling.WithinPatienceAsync()).Value.ShouldBeTrue();
        Time.Advance(TimeSpan.FromHours(2));
        (await engine.DequeueEverythingAsync()).Count.ShouldBe(messages - 1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_cancellation_all_of_whose_writes_were_lost_is_never_told_that_there_is_no_such_message(int messages)
    {
        var engine = await StartWithQueueAsync();
        var ids = await engine.EnqueueAllAsync(
            Enumerable.Range(0, messages).Select(i => TestEngine.Text($"{i}") with { Delay = TimeSpan.FromHours(1) })
        );
        var lost = engine.Faults.Overtake(r => r.ChangesMessages, int.MaxValue);
        var outcome = await engine.Engine.CancelScheduledAsync(engine.Queue, ids[0], Cancellation).WithinPatienceAsync();
        await engine.Faults.AllArrivedAsync();
        lost.Count.ShouldBePositive();
        if (outcome.Failure is not null)
            outcome.Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
        engine.Faults.Clear();
        Time.Advance(TimeSpan.FromHours(2));
        (await engine.DequeueEverythingAsync()).Count.ShouldBe(messages - 1);
    }
}

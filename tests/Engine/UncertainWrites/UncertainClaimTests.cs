using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.UncertainWrites;

/// <summary>Guarantee 5 for dequeues: whatever becomes of the write of a lease, the message is handed out or comes back.</summary>
[Trait("Guarantee", "5")]
public sealed class UncertainClaimTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_lease_whose_answer_was_lost_is_handed_out_with_a_good_receipt()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        await engine.EnqueueAllAsync("a", "b");
        var fault = engine.Faults.LoseAnswer(r => r.ChangesMessages);
        var messages = await engine.DequeueAsync(2, Lease);
        fault.Count.ShouldBe(1);
        messages.Select(m => m.Text()).Order().ShouldBe(["a", "b"]);
        messages.ShouldAllBe(m => m.Message.DeliveryCount == 1);
        (await other.DequeueAsync()).ShouldBeEmpty();
        foreach (var message in messages)
            (await other.AckAsync(message)).ShouldBe(SettleStatus.Ok);
    }

    [Fact]
    public async Task A_lease_whose_request_was_lost_is_given_again()
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAsync("a");
        var fault = engine.Faults.LoseRequest(r => r.ChangesMessages);
        var message = await engine.DequeueOneAsync(Lease);
        fault.Count.ShouldBe(1);
        message.Message.DeliveryCount.ShouldBe(1);
        (await engine.AckAsync(message)).ShouldBe(SettleStatus.Ok);
    }

    [Fact]
    public async Task A_lease_that_cannot_be_looked_for_is_an_unknown_outcome_and_the_message_comes_back_when_it_ends()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        await engine.EnqueueAsync("a");
        var lost = engine.Faults.LoseAnswer(r => r.ChangesMessages);
        engine.Faults.Refuse(r => r.ReadsMessageRow && lost.Count > 0, int.MaxValue);
        var outcome = await engine.TryDequeueAsync(new DequeueRequest { VisibilityTimeout = Lease });
        outcome.Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
        (await other.DequeueAsync()).ShouldBeEmpty();
        Time.Advance(Lease + Options.ClockSkewBound);
        (await other.DequeueOneAsync()).Text().ShouldBe("a");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_lease_that_storage_did_not_write_is_reported_and_the_message_is_still_ready(bool throttled)
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        await engine.EnqueueAsync("a");
        if (throttled)
            engine.Faults.Throttle(r => r.ChangesMessages);
        else
            engine.Faults.Refuse(r => r.ChangesMessages);
        var failure = (await engine.TryDequeueAsync()).Failure.ShouldNotBeNull();
        failure.ShouldBeOfType(throttled ? typeof(Failure.StorageThrottled) : typeof(Failure.StorageUnavailable));
        (await other.DequeueOneAsync()).Message.DeliveryCount.ShouldBe(1);
    }

    [Fact]
    public async Task A_lease_that_is_written_after_its_sender_gave_up_ends_like_any_other()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        await engine.EnqueueAsync("a");
        var late = engine.Faults.Delay(r => r.ChangesMessages);
        var second = engine.Faults.Hold(r => r.ChangesMessages);
        var dequeue = engine.TryDequeueAsync(new DequeueRequest { VisibilityTimeout = Lease });
        await second.Reached;
        await late.ArriveAsync();
        second.Release();
        // Nothing can be handed out on the strength of a lease whose receiver is unknown, unless the engine recognises it as its own.
        var delivered = (await dequeue).Failure is null ? (await dequeue).Value : [];
        delivered.Count.ShouldBeLessThanOrEqualTo(1);
        (await other.DequeueAsync()).ShouldBeEmpty();
        if (delivered.Count == 1)
        {
            (await other.AckAsync(delivered[0])).ShouldBe(SettleStatus.Ok);
            return;
        }

        Time.Advance(Lease + Options.ClockSkewBound);
        (await other.DequeueOneAsync()).Text().ShouldBe("a");
    }

    [Fact]
    public async Task While_storage_cannot_be_read_a_dequeue_fails_rather_than_finding_nothing()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        await engine.EnqueueAsync("a");
        await other.StatusAsync();
        other.Faults.Refuse(r => r.IsRead && !r.IsBlob, int.MaxValue);
        (await other.TryDequeueAsync()).Failure.ShouldBeOfType<Failure.StorageUnavailable>();
    }

    [Fact]
    public async Task While_bodies_cannot_be_read_a_dequeue_fails_rather_than_finding_nothing()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        await engine.EnqueueAsync("a");
        other.Faults.Refuse(r => r.ReadsMessageRow, int.MaxValue);
        (await other.TryDequeueAsync()).Failure.ShouldBeOfType<Failure.StorageUnavailable>();
    }

    [Fact]
    public async Task A_receiver_that_waits_gets_its_message_once_storage_is_back()
    {
        var (engine, other) = (await StartWithQueueAsync(time: TimeProvider.System), Start(time: TimeProvider.System));
        await engine.EnqueueAsync("a");
        await other.StatusAsync();
        var fault = other.Faults.Refuse(r => r.IsQuery, 6);
        var messages = await other.DequeueAsync(wait: Limits.MaxWait);
        messages.ShouldHaveSingleItem().Text().ShouldBe("a");
        fault.Count.ShouldBe(6);
    }
}

using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.UncertainWrites;

/// <summary>
/// Guarantee 5 for ack, nack, release, extend and dead-letter: the holder of a good lease hears "ok" or "unknown", never "lost".
/// </summary>
[Trait("Guarantee", "5")]
public sealed class UncertainSettleTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Each settlement, of the only message of a row (which ends the row) and of one of two, by the leasing process or another.
    /// </summary>
    public static TheoryData<string, int, bool> EverySettlement
    {
        get
        {
            var data = new TheoryData<string, int, bool>();
            foreach (var settlement in new[] { "ack", "nack", "release", "extend", "dead-letter" })
            {
                foreach (var messages in new[] { 1, 2 })
                {
                    data.Add(settlement, messages, false);
                    data.Add(settlement, messages, true);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(EverySettlement))]
    public async Task A_settlement_whose_answer_was_lost_is_ok_and_has_happened_once(string settlement, int messages, bool byAnother)
    {
        var (engine, message) = await LeaseAsync(messages, byAnother);
        var fault = engine.Faults.LoseAnswer(r => r.ChangesMessages);
        (await engine.SettleAsync(Settlements.Of(settlement), message)).Status.ShouldBe(SettleStatus.Ok);
        fault.Count.ShouldBe(1);
        await ExpectSettledAsync(settlement, message);
    }

    [Theory]
    [MemberData(nameof(EverySettlement))]
    public async Task A_settlement_whose_request_was_lost_is_written_again(string settlement, int messages, bool byAnother)
    {
        var (engine, message) = await LeaseAsync(messages, byAnother);
        var fault = engine.Faults.LoseRequest(r => r.ChangesMessages);
        (await engine.SettleAsync(Settlements.Of(settlement), message)).Status.ShouldBe(SettleStatus.Ok);
        fault.Count.ShouldBe(1);
        await ExpectSettledAsync(settlement, message);
    }

    [Theory]
    [MemberData(nameof(EverySettlement))]
    public async Task A_settlement_that_arrives_late_between_the_second_look_and_the_second_write_is_not_a_lost_lease(
        string settlement,
        int messages,
        bool byAnother
    )
    {
        var (engine, message) = await LeaseAsync(messages, byAnother);
        var late = engine.Faults.Delay(r => r.ChangesMessages);
        var second = engine.Faults.Hold(r => r.ChangesMessages);
        var settling = engine.TrySettleAsync(Settlements.Of(settlement), [message]);
        await second.Reached;
        await late.ArriveAsync();
        second.Release();
        var outcome = await settling;
        if (outcome.Failure is null)
            outcome.Value.ShouldHaveSingleItem().Status.ShouldBe(SettleStatus.Ok);
        else
            outcome.Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
        await ExpectSettledAsync(settlement, message);
    }

    [Theory]
    [MemberData(nameof(EverySettlement))]
    public async Task A_settlement_that_was_lost_again_and_again_and_arrives_in_the_end_is_not_a_lost_lease(
        string settlement,
        int messages,
        bool byAnother
    )
    {
        var (engine, message) = await LeaseAsync(messages, byAnother);
        var late = Enumerable.Range(0, 5).Select(_ => engine.Faults.Delay(r => r.ChangesMessages)).ToList();
        var last = engine.Faults.Hold(r => r.ChangesMessages);
        var settling = engine.TrySettleAsync(Settlements.Of(settlement), [message]);
        await last.Reached;
        foreach (var request in late)
            await request.ArriveAsync();
        last.Release();
        var outcome = await settling;
        if (outcome.Failure is null)
            outcome.Value.ShouldHaveSingleItem().Status.ShouldBe(SettleStatus.Ok);
        else
            outcome.Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
        await ExpectSettledAsync(settlement, message);
    }

    [Theory]
    [MemberData(nameof(EverySettlement))]
    public async Task A_settlement_whose_every_request_is_lost_is_unknown(string settlement, int messages, bool byAnother)
    {
        var (engine, message) = await LeaseAsync(messages, byAnother);
        var fault = engine.Faults.LoseRequest(r => r.ChangesMessages, int.MaxValue);
        (await engine.TrySettleAsync(Settlements.Of(settlement), [message])).Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
        fault.Count.ShouldBeGreaterThan(0);
        await ExpectUntouchedAsync(message);
    }

    [Theory]
    [MemberData(nameof(EverySettlement))]
    public async Task A_settlement_that_is_refused_after_its_answer_was_lost_is_not_reported_as_nothing_having_happened(
        string settlement,
        int messages,
        bool byAnother
    )
    {
        var (engine, message) = await LeaseAsync(messages, byAnother);
        var late = engine.Faults.Delay(r => r.ChangesMessages);
        engine.Faults.Throttle(r => r.ChangesMessages, int.MaxValue);
        var outcome = await engine.TrySettleAsync(Settlements.Of(settlement), [message]);
        outcome.Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
        await late.ArriveAsync();
        await ExpectSettledAsync(settlement, message);
    }

    [Theory]
    [MemberData(nameof(EverySettlement))]
    public async Task A_settlement_that_arrives_after_its_repetition_changes_nothing(string settlement, int messages, bool byAnother)
    {
        var (engine, message) = await LeaseAsync(messages, byAnother);
        var late = engine.Faults.Delay(r => r.ChangesMessages);
        (await engine.SettleAsync(Settlements.Of(settlement), message)).Status.ShouldBe(SettleStatus.Ok);
        await late.ArriveAsync();
        await ExpectSettledAsync(settlement, message);
    }

    [Theory]
    [MemberData(nameof(EverySettlement))]
    public async Task A_settlement_whose_answer_was_lost_and_that_cannot_be_looked_for_is_unknown(
        string settlement,
        int messages,
        bool byAnother
    )
    {
        var (engine, message) = await LeaseAsync(messages, byAnother);
        var lost = engine.Faults.LoseAnswer(r => r.ChangesMessages);
        engine.Faults.Refuse(r => r.ReadsMessageRow && lost.Count > 0, int.MaxValue);
        var outcome = await engine.TrySettleAsync(Settlements.Of(settlement), [message]);
        if (outcome.Failure is null)
            outcome.Value.ShouldHaveSingleItem().Status.ShouldBe(SettleStatus.Ok);
        else
            outcome.Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
        await ExpectSettledAsync(settlement, message);
    }

    [Theory]
    [MemberData(nameof(EverySettlement))]
    public async Task A_settlement_that_storage_refused_has_not_happened_and_the_lease_is_still_good(
        string settlement,
        int messages,
        bool byAnother
    )
    {
        var (engine, message) = await LeaseAsync(messages, byAnother);
        engine.Faults.Refuse(r => r.ChangesMessages);
        (await engine.TrySettleAsync(Settlements.Of(settlement), [message])).Failure.ShouldBeOfType<Failure.StorageUnavailable>();
        await ExpectUntouchedAsync(message);
        engine.Faults.Throttle(r => r.ChangesMessages);
        (await engine.TrySettleAsync(Settlements.Of(settlement), [message])).Failure.ShouldBeOfType<Failure.StorageThrottled>();
        await ExpectUntouchedAsync(message);
        (await engine.SettleAsync(Settlements.Of(settlement), message)).Status.ShouldBe(SettleStatus.Ok);
        await ExpectSettledAsync(settlement, message);
    }

    [Fact]
    public async Task A_settlement_whose_row_cannot_be_read_has_not_happened()
    {
        var (engine, message) = await LeaseAsync(2, byAnother: true);
        engine.Faults.Refuse(r => r.ReadsMessageRow, 4);
        (await engine.TrySettleAsync(new Settlement.Ack(), [message])).Failure.ShouldBeOfType<Failure.StorageUnavailable>();
        await ExpectUntouchedAsync(message);
    }

    [Fact]
    public async Task The_ack_of_an_expired_lease_whose_answer_was_lost_is_ok_or_unknown()
    {
        var (engine, message) = await LeaseAsync(1, byAnother: false);
        Time.Advance(TimeSpan.FromHours(1));
        engine.Faults.LoseAnswer(r => r.ChangesMessages);
        var outcome = await engine.TrySettleAsync(new Settlement.Ack(), [message]);
        if (outcome.Failure is null)
            outcome.Value.ShouldHaveSingleItem().Status.ShouldBe(SettleStatus.Ok);
        else
            outcome.Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
        await ExpectSettledAsync("ack", message);
    }

    [Theory]
    [MemberData(nameof(EverySettlement))]
    public async Task A_settlement_that_was_answered_with_a_refusal_after_it_was_carried_out_is_ok(
        string settlement,
        int messages,
        bool byAnother
    )
    {
        var (engine, message) = await LeaseAsync(messages, byAnother);
        var fault = engine.Faults.ThrottleAfterwards(r => r.ChangesMessages);
        (await engine.SettleAsync(Settlements.Of(settlement), message)).Status.ShouldBe(SettleStatus.Ok);
        fault.Count.ShouldBe(1);
        await ExpectSettledAsync(settlement, message);
    }

    [Fact]
    public async Task Leases_that_were_answered_with_a_refusal_after_they_were_carried_out_are_handed_out()
    {
        var engine = await StartWithQueueAsync();
        var ids = await engine.EnqueueAllAsync("a", "b", "c");
        var fault = engine.Faults.ThrottleAfterwards(r => r.ChangesMessages);
        var messages = await engine.DequeueAsync(3, Lease);
        fault.Count.ShouldBe(1);
        messages.Select(m => m.Id()).ShouldBe(ids, ignoreOrder: true);
        messages.ShouldAllBe(m => m.Message.DeliveryCount == 1);
        foreach (var message in messages)
            (await engine.AckAsync(message)).ShouldBe(SettleStatus.Ok);
    }

    private async Task<(TestEngine Settling, DeliveredMessage Message)> LeaseAsync(int messages, bool byAnother)
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAllAsync(Enumerable.Range(0, messages).Select(i => $"message {i}"));
        var message = await engine.DequeueOneAsync(Lease);
        return (byAnother ? Start() : engine, message);
    }

    private async Task ExpectSettledAsync(string settlement, DeliveredMessage message)
    {
        var observer = Start();
        var found = await observer.Engine.FindMessageAsync(observer.Queue, message.Id(), Cancellation);
        switch (settlement)
        {
            case "ack":
                found.Failure.ShouldBeOfType<Failure.MessageNotFound>();
                return;
            case "nack":
                found.Value.Status.ShouldBe(MessageStatus.Scheduled);
                break;
            case "release":
                found.Value.Status.ShouldBe(MessageStatus.Ready);
                found.Value.DeliveryCount.ShouldBe(0);
                return;
            case "extend":
                found.Value.Status.ShouldBe(MessageStatus.Leased);
                break;
            default:
                found.Value.Status.ShouldBe(MessageStatus.DeadLettered);
                found.Value.DeadLetterReason.ShouldBe("enough");
                (await observer.CountsAsync()).DeadLettered.ShouldBe(1);
                return;
        }

        found.Value.VisibleAt.ShouldBe(Time.GetUtcNow() + TimeSpan.FromMinutes(10));
        found.Value.DeliveryCount.ShouldBe(1);
    }

    private async Task ExpectUntouchedAsync(DeliveredMessage message)
    {
        var found = await Start().FindAsync(message.Id());
        found.Status.ShouldBe(MessageStatus.Leased);
        found.VisibleAt.ShouldBe(message.Message.VisibleAt);
    }
}

using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.UncertainWrites;

/// <summary>
/// What a call with several receipts, or several calls of one lease's holder, may be told when storage fails for part of it.
/// </summary>
[Trait("Guarantee", "5")]
public sealed class MixedSettleTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    [Fact]
    public async Task A_call_of_which_some_receipts_were_settled_is_not_told_that_nothing_happened()
    {
        var (leasing, settling) = (await StartWithQueueAsync(), Start());
        // Two rows: one can be read, the other cannot.
        await leasing.EnqueueAllAsync("a", "beside");
        await leasing.EnqueueAllAsync("b", "beside");
        var leased = (await leasing.DequeueEverythingAsync()).Where(m => m.Text() != "beside");
        string? unreadable = null;
        settling.Faults.Throttle(r => r.ReadsMessageRow && (unreadable ??= r.ToString()) == r.ToString(), int.MaxValue);
        var outcome = await settling.TrySettleAsync(new Settlement.Ack(), leased);
        unreadable.ShouldNotBeNull();
        (await leasing.CountsAsync()).Leased.ShouldBe(3, "one of the two was acked");
        outcome.Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
    }

    [Fact]
    public async Task A_call_of_which_no_receipt_was_settled_is_told_that_nothing_happened()
    {
        var (leasing, settling) = (await StartWithQueueAsync(), Start());
        await leasing.EnqueueAsync("a");
        await leasing.EnqueueAsync("b");
        var leased = await leasing.DequeueEverythingAsync();
        (await leasing.AckAsync(leased[0])).ShouldBe(SettleStatus.Ok);
        settling.Faults.Throttle(r => r.ChangesMessages, int.MaxValue);
        (await settling.TrySettleAsync(new Settlement.Ack(), leased)).Failure.ShouldBeOfType<Failure.StorageThrottled>();
        (await leasing.CountsAsync()).Leased.ShouldBe(1);
    }

    [Theory]
    [InlineData("ack")]
    [InlineData("nack")]
    [InlineData("dead-letter")]
    public async Task A_settlement_that_was_lost_while_the_holder_extended_its_lease_is_ok_only_once_it_is_done(string settlement)
    {
        var (leasing, settling) = (await StartWithQueueAsync(), Start());
        await leasing.EnqueueAllAsync("a", "b");
        var message = await leasing.DequeueOneAsync(TimeSpan.FromSeconds(30));
        settling.Faults.LoseRequest(r => r.ChangesMessages);
        var lost = settling.Faults.Hold(r => r.ReadsMessageRow && settling.Requests.All.Any(sent => sent.ChangesMessages));
        var answer = settling.TrySettleAsync(
            settlement switch
            {
                "ack" => new Settlement.Ack(),
                "nack" => new Settlement.Nack(TimeSpan.FromMinutes(5), null),
                _ => new Settlement.DeadLetter(null),
            },
            [message]
        );
        await lost.Reached;
        (await leasing.ExtendAsync(message, TimeSpan.FromSeconds(60))).Status.ShouldBe(SettleStatus.Ok);
        lost.Release();
        (await answer).Value.ShouldHaveSingleItem().Status.ShouldBe(SettleStatus.Ok);
        var counts = await leasing.CountsAsync();
        counts.Leased.ShouldBe(0, "the settlement was said to have happened");
        (counts.Scheduled, counts.DeadLettered).ShouldBe(
            settlement switch
            {
                "ack" => (0, 0),
                "nack" => (1, 0),
                _ => (0, 1),
            }
        );
    }
}

using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.UncertainWrites;

/// <summary>
/// Guarantee 2 where writes are lost for good: of two settlements of one lease through two processes one is told "ok", and what is told
/// goes by what was written, never by how long the lease would have held.
/// </summary>
[Trait("Guarantee", "2")]
public sealed class SettledElsewhereTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    public static TheoryData<string, string, int> EveryPair
    {
        get
        {
            var data = new TheoryData<string, string, int>();
            foreach (var late in new[] { "ack", "nack", "release", "extend", "dead-letter" })
            {
                foreach (var elsewhere in new[] { "ack", "nack", "dead-letter" })
                {
                    data.Add(late, elsewhere, 1);
                    data.Add(late, elsewhere, 2);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(EveryPair))]
    public async Task A_settlement_whose_writes_never_arrived_is_not_ok_when_the_lease_was_settled_elsewhere(
        string late,
        string elsewhere,
        int messages
    )
    {
        var (answer, _, _) = await LoseAllAsync(
            late,
            messages,
            async (other, message) => (await other.SettleAsync(Settlements.Of(elsewhere), message)).Status.ShouldBe(SettleStatus.Ok)
        );
        if (late is "ack" or "dead-letter" && (late == "ack" || messages == 2))
            answer
                .Value.ShouldHaveSingleItem()
                .Status.ShouldBe(SettleStatus.LeaseLost, "the row, or the mark, shows that it was not carried out");
        else if (answer.Failure is null)
            answer.Value.ShouldHaveSingleItem().Status.ShouldBe(SettleStatus.LeaseLost);
        else
            answer.Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
    }

    [Theory]
    [InlineData("ack")]
    [InlineData("nack")]
    [InlineData("extend")]
    public async Task A_settlement_whose_writes_never_arrived_is_not_ok_while_somebody_else_has_the_message(string late)
    {
        var (answer, other, message) = await LoseAllAsync(
            late,
            1,
            async (other, message) =>
            {
                (await other.NackAsync(message, TimeSpan.Zero)).ShouldBe(SettleStatus.Ok);
                (await other.DequeueOneAsync()).Id().ShouldBe(message.Id());
            }
        );
        if (late == "ack" || answer.Failure is null)
            answer.Value.ShouldHaveSingleItem().Status.ShouldBe(SettleStatus.LeaseLost);
        (await other.FindAsync(message.Id())).Status.ShouldBe(MessageStatus.Leased);
    }

    [Fact]
    public async Task An_ack_that_was_carried_out_late_is_ok()
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAsync("a");
        var message = await engine.DequeueOneAsync(Lease);
        var late = engine.Faults.Delay(r => r.ChangesMessages);
        engine.Faults.LoseRequest(r => r.ChangesMessages, 2);
        var decidedAgain = HoldRead(engine, 4);
        var answer = engine.SettleAsync(new Settlement.Ack(), message);
        await decidedAgain.Reached;
        await late.ArriveAsync();
        decidedAgain.Release();
        (await answer).Status.ShouldBe(SettleStatus.Ok);
    }

    [Fact]
    public async Task An_ack_beside_an_extension_is_ok_when_both_were_carried_out_and_the_answer_was_lost()
    {
        var engine = await StartWithQueueAsync();
        // Two rows: one goes, and nothing that only this write leaves is in the other.
        await engine.EnqueueAsync("a");
        await engine.EnqueueAsync("b");
        var leased = await engine.DequeueAsync(2, Lease);
        var (acked, extended) = await TogetherAsync(engine, leased, () => engine.Faults.LoseAnswer(r => r.ChangesMessages));
        (await acked).Value.ShouldHaveSingleItem().Status.ShouldBe(SettleStatus.Ok);
        (await extended).Value.ShouldHaveSingleItem().Status.ShouldBe(SettleStatus.Ok);
        (await engine.CountsAsync()).ShouldBe(new MessageCounts(0, Leased: 1, 0, 0));
    }

    [Fact]
    public async Task A_cancellation_that_was_carried_out_late_is_not_told_as_not_found()
    {
        var engine = await StartWithQueueAsync();
        var ids = await engine.EnqueueAllAsync(new[] { "a", "b" }.Select(t => TestEngine.Text(t) with { Delay = TimeSpan.FromHours(1) }));
        var late = engine.Faults.Delay(r => r.ChangesMessages);
        engine.Faults.LoseRequest(r => r.ChangesMessages, 2);
        var decidedAgain = HoldRead(engine, 5);
        var answer = engine.Engine.CancelScheduledAsync(engine.Queue, ids[0], Cancellation);
        await decidedAgain.Reached;
        await late.ArriveAsync();
        decidedAgain.Release();
        (await answer).Value.ShouldBeTrue();
        (await engine.CountsAsync()).Scheduled.ShouldBe(1);
    }

    /// <summary>
    /// A settlement is sent three times and never arrives; before it is decided again, the client has turned to another process.
    /// </summary>
    private async Task<(Outcome<IReadOnlyList<Settled>> Answer, TestEngine Other, DeliveredMessage Message)> LoseAllAsync(
        string late,
        int messages,
        Func<TestEngine, DeliveredMessage, Task> meanwhile
    )
    {
        var (leasing, other) = (await StartWithQueueAsync(), Start());
        await leasing.EnqueueAllAsync(Enumerable.Range(0, messages).Select(i => $"message {i}"));
        var message = await leasing.DequeueOneAsync(Lease);
        var lost = leasing.Faults.LoseRequest(r => r.ChangesMessages, 3);
        // One look after each lost write; before the first the body of what is to be a dead letter is read, unless others of its row wait.
        var decidedAgain = HoldRead(leasing, late == "dead-letter" && messages == 1 ? 5 : 4);
        var answer = leasing.TrySettleAsync(Settlements.Of(late), [message]);
        await decidedAgain.Reached;
        await meanwhile(other, message);
        decidedAgain.Release();
        var outcome = await answer;
        lost.Count.ShouldBe(3);
        return (outcome, other, message);
    }

    private static HeldRequest HoldRead(TestEngine engine, int which)
    {
        var reads = 0;
        return engine.Faults.Hold(r => r.ReadsMessageRow && Interlocked.Increment(ref reads) == which);
    }

    /// <summary>An ack and an extension that come while another write is under way, and so are written together.</summary>
    private static async Task<(Task<Outcome<IReadOnlyList<Settled>>> Acked, Task<Outcome<IReadOnlyList<Settled>>> Extended)> TogetherAsync(
        TestEngine engine,
        IReadOnlyList<DeliveredMessage> leased,
        Action fail
    )
    {
        var held = engine.Faults.Hold(r => r.ChangesMessages);
        var first = engine.ExtendAsync(leased[1], TimeSpan.FromMinutes(10));
        await held.Reached;
        fail();
        var both = (
            engine.TrySettleAsync(new Settlement.Ack(), [leased[0]]),
            engine.TrySettleAsync(new Settlement.Extend(TimeSpan.FromMinutes(20)), [leased[1]])
        );
        held.Release();
        (await first).Status.ShouldBe(SettleStatus.Ok);
        return both;
    }
}

using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Fifo;

/// <summary>
/// Guarantee 4, races for a group of which later messages are out: two processes, one of which knows less than the other or waits for an
/// answer.
/// </summary>
[Trait("Guarantee", "4")]
public sealed class FirstOutRaceTests(AzuriteFixture azurite) : FifoTest(azurite)
{
    [Fact]
    public async Task Of_processes_that_race_for_a_first_message_that_came_back_one_gets_it()
    {
        for (var round = 0; round < 15; round++)
        {
            var engines = new[] { Start(), Start(), Start() };
            var name = TestEngine.Name($"race-{round}");
            foreach (var engine in engines)
                engine.Queue = name;
            await engines[0].PutQueueAsync(Fifo);
            var together = await LeaseAsync(engines[0], 3);
            await engines[round % 3].NackAsync(together[0], TimeSpan.Zero);
            var claims = await Task.WhenAll(engines.Select(e => e.DequeueAsync(10)));
            claims.Where(c => c.Count > 0).ShouldHaveSingleItem().ShouldHaveSingleItem().Text().ShouldBe("a1");
            (await engines[1].AckAsync(together[1])).ShouldBe(SettleStatus.Ok);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_claim_that_was_on_its_way_when_a_later_message_was_settled_is_made_again(bool acked)
    {
        var (engine, other) = (await StartFifoAsync(), Start());
        var together = await LeaseAsync(engine, 3, behind: 1);
        await engine.NackAsync(together[0], TimeSpan.Zero);
        var held = other.Faults.Hold(r => r.ChangesMessages);
        var claim = other.DequeueAsync(10);
        await held.Reached;
        if (acked)
            (await engine.AckAsync(together[2])).ShouldBe(SettleStatus.Ok);
        else
            (await engine.ExtendAsync(together[2], Lease)).Status.ShouldBe(SettleStatus.Ok);
        held.Release();
        var first = (await claim).ShouldHaveSingleItem();
        first.Text().ShouldBe("a1");
        // What the claim wrote lists what is out, and no more than that.
        (await other.AckAsync(first)).ShouldBe(SettleStatus.Ok);
        (await engine.AckAsync(together[1])).ShouldBe(SettleStatus.Ok);
        if (!acked)
            (await engine.AckAsync(together[2])).ShouldBe(SettleStatus.Ok);
        Texts(await other.DequeueAsync(10)).ShouldBe(["a4"]);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task Nothing_goes_out_behind_a_message_that_another_process_took_first(bool delete, bool settled)
    {
        var (engine, other) = (await StartFifoAsync(), Start());
        var together = await LeaseAsync(engine, 4);
        for (var i = 0; i < 3; i++)
            await engine.NackAsync(together[i], TimeSpan.Zero);
        var held = other.Faults.Hold(r => r.ChangesMessages);
        // The rows of a1 to a3 in one transaction.
        var claim = other.DequeueAsync(10, delete: delete);
        await held.Reached;
        var first = await engine.DequeueOneAsync();
        first.Text().ShouldBe("a1");
        if (settled)
            (await engine.AckAsync(first)).ShouldBe(SettleStatus.Ok);
        held.Release();
        Texts(await claim).ShouldBe(settled ? ["a2", "a3"] : []);
    }

    [Theory]
    [InlineData("answer")]
    [InlineData("request")]
    [InlineData("late")]
    public async Task A_claim_before_messages_that_are_out_whose_answer_was_lost_is_found_out(string lost)
    {
        var (engine, other) = (await StartFifoAsync(), Start());
        var together = await LeaseAsync(engine, 3, behind: 1);
        await engine.NackAsync(together[0], TimeSpan.Zero);
        var late = lost == "late" ? other.Faults.Delay(r => r.ChangesMessages) : null;
        if (lost == "answer")
            other.Faults.LoseAnswer(r => r.ChangesMessages);
        else if (lost == "request")
            other.Faults.LoseRequest(r => r.ChangesMessages);
        var first = (await other.DequeueAsync(10)).ShouldHaveSingleItem();
        (first.Text(), first.Message.DeliveryCount).ShouldBe(("a1", 2));
        if (late is not null)
            await late.ArriveAsync();
        (await engine.DequeueAsync(10)).ShouldBeEmpty();
        (await engine.ExtendAsync(together[1], Lease)).Status.ShouldBe(SettleStatus.Ok);
        (await engine.AckAsync(together[1])).ShouldBe(SettleStatus.Ok);
        (await engine.AckAsync(together[2])).ShouldBe(SettleStatus.Ok);
        (await engine.DequeueAsync(10)).ShouldBeEmpty();
        (await other.AckAsync(first)).ShouldBe(SettleStatus.Ok);
        Texts(await engine.DequeueAsync(10)).ShouldBe(["a4"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Of_a_claim_and_a_late_extension_behind_it_the_first_to_be_written_decides(bool claimFirst)
    {
        var (engine, other) = (await StartFifoAsync(), Start());
        var together = await LeaseAsync(engine, 3);
        (await engine.ExtendAsync(together[2], 5 * Lease)).Status.ShouldBe(SettleStatus.Ok);
        Time.Advance(Lease + TimeSpan.FromSeconds(1));
        var slow = claimFirst ? engine : other;
        var held = slow.Faults.Hold(r => r.ChangesMessages);
        var claim = claimFirst ? null : other.DequeueAsync(10);
        var extension = claimFirst ? engine.ExtendAsync(together[1], Lease) : null;
        await held.Reached;
        claim ??= other.DequeueAsync(1);
        extension ??= engine.ExtendAsync(together[1], Lease);
        await (claimFirst ? (Task)claim : extension);
        held.Release();
        // Each of them alone is good; only what comes behind a message that went out since is not.
        Texts(await claim).ShouldBe(["a1"]);
        (await extension).Status.ShouldBe(claimFirst ? SettleStatus.LeaseLost : SettleStatus.Ok);
    }

    [Fact]
    public async Task A_lock_that_this_process_does_not_know_is_read_before_it_is_written()
    {
        var (engine, other) = (await StartFifoAsync(), Start());
        await EnqueueEachAsync(engine, "a", 3);
        // The scan of the other process begins before there is a lock.
        (await other.DequeueOneAsync())
            .Text()
            .ShouldBe("a1");
        Time.Advance(Lease + Options.ClockSkewBound);
        var together = await engine.DequeueAsync(3);
        await engine.NackAsync(together[0], TimeSpan.Zero);
        Texts(await other.DequeueAsync(10)).ShouldBe(["a1"]);
        (await engine.ExtendAsync(together[2], Lease)).Status.ShouldBe(SettleStatus.Ok);
    }

    /// <summary>Messages a1 and so on, leased together, each in a row of its own, and others behind them.</summary>
    private static async Task<IReadOnlyList<DeliveredMessage>> LeaseAsync(TestEngine engine, int count, int behind = 0)
    {
        await EnqueueEachAsync(engine, "a", count + behind);
        return await engine.DequeueAsync(count);
    }
}

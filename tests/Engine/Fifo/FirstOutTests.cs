using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Fifo;

/// <summary>
/// Guarantee 4, of several messages handed out together: one that comes back goes out again while later ones are out, up to the first that
/// is out; what is behind that one waits.
/// </summary>
[Trait("Guarantee", "4")]
public sealed class FirstOutTests(AzuriteFixture azurite) : FifoTest(azurite)
{
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task The_first_goes_out_again_while_the_others_are_out(bool sameRow, bool sameProcess)
    {
        var (engine, other) = await StartTwoAsync(sameProcess);
        await EnqueueAsync(engine, 4, sameRow);
        var together = await engine.DequeueAsync(3);
        Texts(together).ShouldBe(["a1", "a2", "a3"]);
        // The other process has seen all of them out.
        (await other.DequeueAsync(100)).ShouldBeEmpty();
        (await engine.NackAsync(together[0], TimeSpan.Zero)).ShouldBe(SettleStatus.Ok);
        var again = (await other.DequeueAsync(100)).ShouldHaveSingleItem();
        again.Text().ShouldBe("a1");
        (await engine.DequeueAsync(100)).ShouldBeEmpty();
        // Each holder goes on as if the other were not there.
        (await engine.ExtendAsync(together[1], 2 * Lease)).Status.ShouldBe(SettleStatus.Ok);
        (await other.ExtendAsync(again, Lease)).Status.ShouldBe(SettleStatus.Ok);
        (await other.AckAsync(again)).ShouldBe(SettleStatus.Ok);
        (await other.DequeueAsync(100)).ShouldBeEmpty();
        foreach (var message in together.Skip(1))
            (await engine.AckAsync(message)).ShouldBe(SettleStatus.Ok);
        Texts(await other.DequeueAsync(100)).ShouldBe(["a4"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_given_back_behind_one_that_is_out_waits_for_it(bool sameRow)
    {
        var (engine, other) = await StartTwoAsync(sameProcess: false);
        await EnqueueAsync(engine, 4, sameRow);
        var together = await engine.DequeueAsync(3);
        (await engine.NackAsync(together[1], TimeSpan.Zero)).ShouldBe(SettleStatus.Ok);
        (await engine.DequeueAsync(100)).ShouldBeEmpty();
        (await other.DequeueAsync(100)).ShouldBeEmpty();
        (await other.DequeueAsync(100, delete: true)).ShouldBeEmpty();
        (await engine.AckAsync(together[0])).ShouldBe(SettleStatus.Ok);
        Texts(await other.DequeueAsync(100)).ShouldBe(["a2"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Those_whose_leases_have_ended_go_out_again_up_to_one_that_was_extended(bool sameRow)
    {
        var (engine, other) = await StartTwoAsync(sameProcess: false);
        await EnqueueAsync(engine, 4, sameRow);
        var together = await engine.DequeueAsync(3);
        (await other.ExtendAsync(together[2], 3 * Lease)).Status.ShouldBe(SettleStatus.Ok);
        Time.Advance(Lease + TimeSpan.FromSeconds(1));
        Texts(await other.DequeueAsync(100)).ShouldBe(["a1", "a2"]);
        (await engine.DequeueAsync(100)).ShouldBeEmpty();
        (await engine.AckAsync(together[2])).ShouldBe(SettleStatus.Ok);
        (await engine.DequeueAsync(100)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_handed_out_for_good_goes_up_to_the_first_that_is_out()
    {
        var (engine, other) = await StartTwoAsync(sameProcess: false);
        await EnqueueAsync(engine, 4, sameRow: false);
        var together = await engine.DequeueAsync(3);
        await engine.NackAsync(together[0], TimeSpan.Zero);
        await engine.NackAsync(together[1], TimeSpan.Zero);
        Texts(await other.DequeueAsync(100, delete: true)).ShouldBe(["a1", "a2"]);
        (await other.DequeueAsync(100, delete: true)).ShouldBeEmpty();
        (await engine.ExtendAsync(together[2], Lease)).Status.ShouldBe(SettleStatus.Ok);
        (await engine.AckAsync(together[2])).ShouldBe(SettleStatus.Ok);
        Texts(await other.DequeueAsync(100, delete: true)).ShouldBe(["a4"]);
    }

    [Fact]
    public async Task A_lease_that_held_when_an_earlier_message_went_out_again_is_good_until_its_own_message_does()
    {
        var (engine, other) = await StartTwoAsync(sameProcess: false);
        await EnqueueAsync(engine, 2, sameRow: false);
        var together = await engine.DequeueAsync(2);
        await engine.NackAsync(together[0], TimeSpan.Zero);
        var first = await other.DequeueOneAsync();
        await other.ExtendAsync(first, 5 * Lease);
        Time.Advance(Lease + TimeSpan.FromSeconds(1));
        // Behind one that is out: nobody else was given it.
        (await other.DequeueAsync(100)).ShouldBeEmpty();
        (await engine.ExtendAsync(together[1], Lease)).Status.ShouldBe(SettleStatus.Ok);
        (await other.AckAsync(first)).ShouldBe(SettleStatus.Ok);
        (await other.DequeueAsync(100)).ShouldBeEmpty();
        Time.Advance(Lease + TimeSpan.FromSeconds(1));
        (await other.DequeueOneAsync()).Text().ShouldBe("a2");
        (await engine.ExtendAsync(together[1], Lease)).Status.ShouldBe(SettleStatus.LeaseLost);
    }

    [Fact]
    public async Task A_lease_that_had_ended_when_an_earlier_message_went_out_again_is_not_taken_up_while_that_is_out()
    {
        var (engine, other) = await StartTwoAsync(sameProcess: false);
        await EnqueueAsync(engine, 3, sameRow: false);
        var together = await engine.DequeueAsync(3);
        await engine.ExtendAsync(together[2], 5 * Lease);
        Time.Advance(Lease + TimeSpan.FromSeconds(1));
        var first = await other.DequeueOneAsync();
        first.Text().ShouldBe("a1");
        (await engine.ExtendAsync(together[1], Lease)).Status.ShouldBe(SettleStatus.LeaseLost);
        (await engine.ExtendAsync(together[2], Lease)).Status.ShouldBe(SettleStatus.Ok);
        (await other.AckAsync(first)).ShouldBe(SettleStatus.Ok);
        Texts(await other.DequeueAsync(100)).ShouldBe(["a2"]);
    }

    [Fact]
    public async Task A_first_message_that_waits_out_its_delay_holds_back_what_is_behind_it()
    {
        var (engine, other) = await StartTwoAsync(sameProcess: false);
        await EnqueueAsync(engine, 3, sameRow: false);
        var together = await engine.DequeueAsync(3);
        await engine.NackAsync(together[0], TimeSpan.FromSeconds(5));
        await engine.NackAsync(together[1], TimeSpan.Zero);
        (await other.DequeueAsync(100)).ShouldBeEmpty();
        Time.Advance(TimeSpan.FromSeconds(5));
        Texts(await other.DequeueAsync(100)).ShouldBe(["a1", "a2"]);
    }

    [Fact]
    public async Task Bodies_of_messages_that_are_out_are_not_read()
    {
        var (engine, other) = await StartTwoAsync(sameProcess: false);
        await EnqueueAsync(engine, 10, sameRow: false);
        var together = await engine.DequeueAsync(10);
        (await other.DequeueAsync()).ShouldBeEmpty();
        await engine.NackAsync(together[0], TimeSpan.Zero);
        other.Requests.Clear();
        Texts(await other.DequeueAsync(100)).ShouldBe(["a1"]);
        // One scan without bodies, and the one row with its body, by its key: not all ten by a query.
        other.Requests.CountOf(r => r.IsQuery).ShouldBe(1);
        other.Requests.CountOf(r => r.IsRowRead).ShouldBe(1);
    }

    private async Task<(TestEngine Engine, TestEngine Other)> StartTwoAsync(bool sameProcess)
    {
        var engine = await StartFifoAsync();
        return (engine, sameProcess ? engine : Start());
    }

    private static Task EnqueueAsync(TestEngine engine, int count, bool sameRow) =>
        sameRow
            ? engine.EnqueueAllAsync(Enumerable.Range(1, count).Select(i => Message("a", $"a{i}")))
            : EnqueueEachAsync(engine, "a", count);
}

using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Fifo;

/// <summary>
/// Guarantee 4: a message is handed out only while no earlier one of its group is out, except together with it. What goes out before
/// those that are out is in <see cref="FirstOutTests"/>.
/// </summary>
[Trait("Guarantee", "4")]
public sealed class GroupLockTests(AzuriteFixture azurite) : FifoTest(azurite)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nothing_of_a_group_is_delivered_while_its_first_message_is_out(bool sameProcess)
    {
        var engine = await StartFifoAsync();
        var other = sameProcess ? engine : Start();
        await EnqueueEachAsync(engine, "a", 3);
        (await engine.DequeueOneAsync()).Text().ShouldBe("a1");
        (await other.DequeueAsync(100)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Other_groups_are_delivered_meanwhile(bool sameProcess)
    {
        var engine = await StartFifoAsync();
        var other = sameProcess ? engine : Start();
        await EnqueueEachAsync(engine, "a", 3);
        await EnqueueEachAsync(engine, "b", 1);
        await engine.DequeueOneAsync();
        Texts(await other.DequeueAsync(100)).ShouldBe(["b1"]);
    }

    [Theory]
    [InlineData("ack", "a2")]
    [InlineData("nack", "a1")]
    [InlineData("dead-letter", "a2")]
    [InlineData("expire", "a1")]
    [InlineData("last delivery", "a2")]
    public async Task A_group_is_free_again_once_its_message_is_settled(string how, string next)
    {
        var (engine, other) = (await StartFifoAsync(Fifo with { MaxDeliveryCount = how == "last delivery" ? 1 : 10 }), Start());
        await EnqueueEachAsync(engine, "a", 2);
        var message = await engine.DequeueOneAsync();
        (await other.DequeueAsync()).ShouldBeEmpty();
        switch (how)
        {
            case "ack":
                (await other.AckAsync(message)).ShouldBe(SettleStatus.Ok);
                break;
            case "nack":
                (await other.NackAsync(message, TimeSpan.Zero)).ShouldBe(SettleStatus.Ok);
                break;
            case "dead-letter":
                (await other.DeadLetterAsync(message)).ShouldBe(SettleStatus.Ok);
                break;
            default:
                Time.Advance(Lease + Options.ClockSkewBound);
                break;
        }

        (await engine.DequeueOneAsync()).Text().ShouldBe(next);
        (await other.DequeueAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_group_handed_out_together_is_free_when_the_last_of_its_messages_is_settled()
    {
        var (engine, other) = (await StartFifoAsync(), Start());
        await EnqueueEachAsync(engine, "a", 5);
        var together = await engine.DequeueAsync(3);
        Texts(together).ShouldBe(["a1", "a2", "a3"]);
        await other.AckAsync(together[0]);
        await engine.AckAsync(together[2]);
        (await engine.DequeueAsync(100)).ShouldBeEmpty();
        (await other.DequeueAsync(100)).ShouldBeEmpty();
        await other.AckAsync(together[1]);
        Texts(await engine.DequeueAsync(100)).ShouldBe(["a4", "a5"]);
    }

    [Fact]
    public async Task An_ended_lease_of_a_group_that_is_out_again_cannot_be_prolonged()
    {
        var (engine, other) = (await StartFifoAsync(), Start());
        await EnqueueEachAsync(engine, "a", 2);
        var together = await engine.DequeueAsync(2);
        Time.Advance(Lease + TimeSpan.FromSeconds(1));
        (await other.DequeueOneAsync()).Text().ShouldBe("a1");
        (await engine.ExtendAsync(together[1], Lease)).Status.ShouldBe(SettleStatus.LeaseLost);
    }

    [Fact]
    public async Task An_ended_lease_of_a_group_that_nobody_took_can_be_prolonged_and_keeps_the_group()
    {
        var (engine, other) = (await StartFifoAsync(), Start());
        await EnqueueEachAsync(engine, "a", 2);
        var first = await engine.DequeueOneAsync();
        Time.Advance(Lease + TimeSpan.FromSeconds(1));
        await other.SweepAsync(everything: true);
        (await engine.ExtendAsync(first, Lease)).Status.ShouldBe(SettleStatus.Ok);
        (await other.DequeueAsync()).ShouldBeEmpty();
        (await engine.AckAsync(first)).ShouldBe(SettleStatus.Ok);
        (await other.DequeueOneAsync()).Text().ShouldBe("a2");
    }

    [Fact]
    public async Task Of_two_holders_whose_leases_have_ended_only_the_first_to_come_can_go_on()
    {
        var (engine, other) = (await StartFifoAsync(), Start());
        await EnqueueEachAsync(engine, "a", 2);
        var first = await engine.DequeueAsync(2);
        Time.Advance(Lease + Options.ClockSkewBound);
        var second = await other.DequeueOneAsync();
        second.Text().ShouldBe("a1");
        Time.Advance(Lease + Options.ClockSkewBound);
        (await engine.ExtendAsync(first[1], Lease)).Status.ShouldBe(SettleStatus.Ok);
        (await other.ExtendAsync(second, Lease)).Status.ShouldBe(SettleStatus.LeaseLost);
        (await engine.AckAsync(first[1])).ShouldBe(SettleStatus.Ok);
        (await other.ExtendAsync(second, Lease)).Status.ShouldBe(SettleStatus.Ok);
    }

    [Fact]
    public async Task A_holder_who_comes_late_can_prolong_all_leases_of_a_dequeue_even_after_a_sweep()
    {
        var (engine, other) = (await StartFifoAsync(), Start());
        await EnqueueEachAsync(engine, "a", 3);
        var together = await engine.DequeueAsync(3);
        Time.Advance(Lease + TimeSpan.FromMinutes(5));
        await other.SweepAsync(everything: true);
        foreach (var message in together)
            (await engine.ExtendAsync(message, Lease)).Status.ShouldBe(SettleStatus.Ok);
        (await other.DequeueAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_ack_after_the_lease_does_not_free_the_group_of_the_next_holder()
    {
        var (engine, other) = (await StartFifoAsync(), Start());
        await EnqueueEachAsync(engine, "a", 3);
        var together = await engine.DequeueAsync(2);
        Time.Advance(Lease + TimeSpan.FromSeconds(1));
        var again = await other.DequeueOneAsync();
        again.Text().ShouldBe("a1");
        (await engine.AckAsync(together[1])).ShouldBe(SettleStatus.Ok);
        (await engine.AckAsync(together[0])).ShouldBe(SettleStatus.LeaseLost);
        (await engine.DequeueAsync()).ShouldBeEmpty();
        (await other.AckAsync(again)).ShouldBe(SettleStatus.Ok);
        (await engine.DequeueOneAsync()).Text().ShouldBe("a3");
    }

    [Fact]
    public async Task A_purge_frees_the_groups_of_leased_messages()
    {
        var (engine, other) = (await StartFifoAsync(), Start());
        await EnqueueEachAsync(engine, "a", 2);
        await engine.DequeueOneAsync();
        (await other.Engine.PurgeAsync(other.Queue, MessageSource.Live, Cancellation)).Value.ShouldBe(new Purged(2, true));
        await engine.EnqueueAsync(Message("a", "a3"));
        (await engine.DequeueOneAsync()).Text().ShouldBe("a3");
    }

    [Fact]
    public async Task A_receiver_that_has_gone_frees_its_group()
    {
        var (engine, other) = (await StartFifoAsync(), Start());
        await EnqueueEachAsync(engine, "a", 1);
        var held = engine.Faults.Hold(r => r.ChangesMessages);
        using var cancel = new CancellationTokenSource();
        var dequeue = engine.Engine.DequeueAsync(engine.Queue, MessageSource.Live, new DequeueRequest(), cancel.Token);
        await held.Reached;
        await cancel.CancelAsync();
        held.Release();
        await Should.ThrowAsync<OperationCanceledException>(dequeue.WithinPatienceAsync());
        await Eventually.HoldsAsync("the lease is given back", async () => (await engine.CountsAsync()).Leased == 0);
        var message = await other.DequeueOneAsync();
        message.Message.DeliveryCount.ShouldBe(1);
    }

    [Fact]
    public async Task Locks_of_ended_leases_are_swept_away_and_the_shard_counts_as_empty()
    {
        var engine = await StartFifoAsync();
        await EnqueueEachAsync(engine, "a", 1);
        await engine.DequeueAsync(delete: true);
        Time.Advance(3 * Options.ActivityInterval);
        await engine.SweepAsync();
        await engine.SweepAsync();
        engine.Requests.Clear();
        await engine.SweepAsync();
        // Nothing is marked any more: the registry's two queries are all.
        engine.Requests.All.ShouldAllBe(r => r.IsQuery && r.Resource.StartsWith(Options.RegistryTable, StringComparison.Ordinal));
    }
}

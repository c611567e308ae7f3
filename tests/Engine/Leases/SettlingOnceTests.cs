using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Leases;

/// <summary>Guarantee 2: a receipt is good for one lease; once that is over, it changes nothing.</summary>
[Trait("Guarantee", "2")]
public sealed class SettlingOnceTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongAfter = TimeSpan.FromMinutes(1);

    public static TheoryData<string> EverySettlement => ["ack", "nack", "extend", "dead-letter"];

    [Fact]
    public async Task An_acked_message_never_comes_back()
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAsync("a");
        (await engine.AckAsync(await engine.DequeueOneAsync())).ShouldBe(SettleStatus.Ok);
        Time.Advance(TimeSpan.FromDays(1));
        (await engine.DequeueAsync()).ShouldBeEmpty();
        (await Start().DequeueAsync()).ShouldBeEmpty();
        (await engine.CountsAsync()).ShouldBe(default);
    }

    [Theory]
    [MemberData(nameof(EverySettlement))]
    public async Task After_a_redelivery_the_old_receipt_has_lost_its_lease_and_changes_nothing(string settlement)
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAllAsync("a", "b");
        var old = await engine.DequeueOneAsync(Lease);
        Time.Advance(LongAfter);
        var current = (await engine.DequeueAsync(2, Lease)).Single(m => m.Id() == old.Id());
        await ExpectLostAsync(engine, settlement, old);
        (await engine.FindAsync(old.Id())).ShouldSatisfyAllConditions(
            m => m.Status.ShouldBe(MessageStatus.Leased),
            m => m.DeliveryCount.ShouldBe(2),
            m => m.VisibleAt.ShouldBe(current.Message.VisibleAt)
        );
        (await engine.AckAsync(current)).ShouldBe(SettleStatus.Ok);
    }

    [Theory]
    [MemberData(nameof(EverySettlement))]
    public async Task After_another_process_got_the_message_the_old_receipt_has_lost_its_lease(string settlement)
    {
        var (first, second) = (await StartWithQueueAsync(), Start());
        await first.EnqueueAllAsync("a", "b");
        var old = await first.DequeueOneAsync(Lease);
        Time.Advance(LongAfter);
        (await second.DequeueAsync(2, Lease)).ShouldContain(m => m.Id() == old.Id());
        // The first process remembers the row as it was when the lease was its own.
        await ExpectLostAsync(first, settlement, old);
        (await second.FindAsync(old.Id())).Status.ShouldBe(MessageStatus.Leased);
    }

    [Theory]
    [MemberData(nameof(EverySettlement))]
    public async Task After_a_nack_the_receipt_has_lost_its_lease_and_changes_nothing(string settlement)
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAllAsync("a", "b");
        var message = await engine.DequeueOneAsync(Lease);
        (await engine.NackAsync(message, TimeSpan.FromMinutes(5))).ShouldBe(SettleStatus.Ok);
        await ExpectLostAsync(engine, settlement, message);
        (await engine.FindAsync(message.Id())).Status.ShouldBe(MessageStatus.Scheduled);
    }

    [Theory]
    [MemberData(nameof(EverySettlement))]
    public async Task After_an_ack_the_receipt_has_lost_its_lease(string settlement)
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAllAsync("a", "b");
        var message = await engine.DequeueOneAsync(Lease);
        (await engine.AckAsync(message)).ShouldBe(SettleStatus.Ok);
        await ExpectLostAsync(engine, settlement, message);
        (await engine.CountsAsync()).ShouldBe(new MessageCounts(1, 0, 0, 0));
    }

    [Theory]
    [MemberData(nameof(EverySettlement))]
    public async Task After_the_ack_of_the_last_message_of_a_row_the_receipt_has_lost_its_lease(string settlement)
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAsync("a");
        var message = await engine.DequeueOneAsync(Lease);
        (await engine.AckAsync(message)).ShouldBe(SettleStatus.Ok);
        await ExpectLostAsync(engine, settlement, message);
        await ExpectLostAsync(Start(), settlement, message);
    }

    [Theory]
    [MemberData(nameof(EverySettlement))]
    public async Task After_a_dead_lettering_the_receipt_has_lost_its_lease_and_changes_nothing(string settlement)
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAllAsync("a", "b");
        var message = await engine.DequeueOneAsync(Lease);
        (await engine.DeadLetterAsync(message, "why")).ShouldBe(SettleStatus.Ok);
        await ExpectLostAsync(engine, settlement, message);
        (await engine.FindAsync(message.Id())).DeadLetterReason.ShouldBe("why");
        (await engine.CountsAsync()).ShouldBe(new MessageCounts(1, 0, 0, 1));
    }

    [Fact]
    public async Task One_receipt_twice_in_one_call_is_acked_once()
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAllAsync("a", "b");
        var message = await engine.DequeueOneAsync(Lease);
        var results = (await engine.TrySettleAsync(new Settlement.Ack(), [message, message])).Value;
        results.Select(r => r.Status).ShouldBe([SettleStatus.Ok, SettleStatus.LeaseLost]);
    }

    [Fact]
    public async Task Of_a_call_with_good_lost_and_malformed_receipts_each_gets_its_own_result_in_order()
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAllAsync("a", "b", "c");
        var messages = await engine.DequeueAsync(3, Lease);
        (await engine.AckAsync(messages[1])).ShouldBe(SettleStatus.Ok);
        var receipts = new[] { messages[0].Receipt!, messages[1].Receipt!, "no receipt", messages[2].Receipt! };
        var results = (
            await engine.Engine.SettleAsync(engine.Queue, MessageSource.Live, new Settlement.Ack(), receipts, Cancellation)
        ).Value;
        results.Select(r => r.Status).ShouldBe([SettleStatus.Ok, SettleStatus.LeaseLost, SettleStatus.MalformedReceipt, SettleStatus.Ok]);
    }

    [Fact]
    public async Task Of_many_acks_of_one_receipt_at_once_in_two_processes_exactly_one_is_ok()
    {
        var (first, second) = (await StartWithQueueAsync(), Start());
        for (var round = 0; round < 10; round++)
        {
            await first.EnqueueAllAsync("a", "b", "c");
            var message = await first.DequeueOneAsync(Lease);
            var acks = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => (i % 2 == 0 ? first : second).AckAsync(message)));
            acks.Count(s => s == SettleStatus.Ok).ShouldBe(1);
            acks.Count(s => s == SettleStatus.LeaseLost).ShouldBe(7);
            (await first.Engine.PurgeAsync(first.Queue, MessageSource.Live, Cancellation)).Value.Complete.ShouldBeTrue();
        }
    }

    private static async Task ExpectLostAsync(TestEngine engine, string settlement, DeliveredMessage message)
    {
        Settlement what = settlement switch
        {
            "ack" => new Settlement.Ack(),
            "nack" => new Settlement.Nack(null, null),
            "extend" => new Settlement.Extend(TimeSpan.FromHours(1)),
            _ => new Settlement.DeadLetter("late"),
        };
        (await engine.SettleAsync(what, message)).ShouldBe(new Settled(SettleStatus.LeaseLost, null, message.Id()));
    }
}

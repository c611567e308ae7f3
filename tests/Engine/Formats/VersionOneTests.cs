using Azure.Data.Tables;
using FuncQueue.Engine.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace FuncQueue.Engine.Tests.Formats;

/// <summary>
/// What the first format version left in storage goes on living: messages, leases and the receipts for them, locks of groups, dead
/// letters, moves half done, deduplication ids and payloads.
/// </summary>
public sealed class VersionOneTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    private readonly StoredRows stored = StoredRows.Version1();

    [Fact]
    public async Task Its_messages_are_counted_delivered_and_acked()
    {
        var (engine, other, _) = await UpgradeAsync("orders");
        (await engine.CountsAsync()).ShouldBe(new MessageCounts(Ready: 4, Leased: 2, Scheduled: 1, DeadLettered: 3));
        (await other.PeekEverythingAsync()).Count.ShouldBe(4);
        var messages = await other.DequeueEverythingAsync();
        messages
            .Select(m => (m.Message.BodyLength, m.Message.DeliveryCount))
            .ShouldBe([(6, 3), (12, 2), (7, 1), (40_000, 1)], ignoreOrder: true);
        messages
            .Single(m => m.Message.BodyLength == 7)
            .Message.ShouldSatisfyAllConditions(
                m => m.Text().ShouldBe("""{"a":1}"""),
                m => m.ContentType.ShouldBe("application/json"),
                m => m.Attributes.ShouldBe(new Dictionary<string, string> { ["farbe"] = "grün" }),
                m => m.GroupId.ShouldBe("g"),
                m => m.DeduplicationId.ShouldBe("order-17"),
                m => m.TraceParent.ShouldBe("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
            );
        (await engine.ReadBodyAsync(messages.Single(m => m.Message.Body is null).Id())).ShouldAllBe(b => b == 'x');
        foreach (var message in messages)
            (await engine.AckAsync(message)).ShouldBe(SettleStatus.Ok);
        (await other.CountsAsync()).ShouldBe(new MessageCounts(Ready: 0, Leased: 2, Scheduled: 1, DeadLettered: 3));
    }

    [Fact]
    public async Task Its_receipts_stay_good_for_their_leases()
    {
        var (engine, other, _) = await UpgradeAsync("orders");
        (await engine.AckReceiptAsync(stored.Receipt("urgent"))).ShouldBe(SettleStatus.Ok);
        (await other.AckReceiptAsync(stored.Receipt("urgent"))).ShouldBe(SettleStatus.LeaseLost);
        (await other.AckReceiptAsync(stored.Receipt("shared-leased"))).ShouldBe(SettleStatus.Ok);
        (await other.AckReceiptAsync(stored.Receipt("dead-leased"))).ShouldBe(SettleStatus.MalformedReceipt);
        (
            await other.Engine.SettleAsync(
                other.Queue,
                MessageSource.DeadLetters,
                new Settlement.Ack(),
                [stored.Receipt("dead-leased")],
                Cancellation
            )
        )
            .Value.ShouldHaveSingleItem()
            .Status.ShouldBe(SettleStatus.Ok);
        (await other.CountsAsync()).ShouldBe(new MessageCounts(Ready: 4, Leased: 0, Scheduled: 1, DeadLettered: 2));
    }

    [Fact]
    public async Task Its_leases_end_and_its_scheduled_messages_come_due()
    {
        var (engine, other, time) = await UpgradeAsync("orders");
        (await engine.DequeueEverythingAsync(TimeSpan.FromHours(1))).Count.ShouldBe(4);
        time.Advance(TimeSpan.FromMinutes(2));
        (await other.DequeueEverythingAsync(TimeSpan.FromHours(1))).ShouldHaveSingleItem().Text().ShouldBe("shared-leased");
        time.Advance(TimeSpan.FromMinutes(4));
        var urgent = (await other.DequeueEverythingAsync(TimeSpan.FromHours(1))).ShouldHaveSingleItem();
        (urgent.Text(), urgent.Message.DeliveryCount).ShouldBe(("urgent", 2));
        (await other.AckReceiptAsync(stored.Receipt("urgent"))).ShouldBe(SettleStatus.LeaseLost);
        time.Advance(TimeSpan.FromMinutes(5));
        (await engine.DequeueEverythingAsync(TimeSpan.FromHours(1))).ShouldHaveSingleItem().Text().ShouldBe("scheduled");
    }

    [Fact]
    public async Task Its_dead_letters_are_delivered_and_a_move_half_done_is_finished()
    {
        var (engine, other, time) = await UpgradeAsync("orders");
        time.Advance(TimeSpan.FromMinutes(2));
        (await other.SweepAsync(everything: true)).ShardsFailed.ShouldBe(0);
        (
            await engine
                .Engine.RedriveAsync(engine.Queue, new RedriveRequest { To = TestEngine.Name("archive") }, Cancellation)
                .WithinPatienceAsync()
        ).Value.Remaining.ShouldBe(0);
        other.Queue = TestEngine.Name("archive");
        (await other.DequeueEverythingAsync()).Select(m => m.Text()).ShouldBe(["dead", "dead-leased", "dead-moving"], ignoreOrder: true);
        (await engine.PeekEverythingAsync(MessageSource.DeadLetters)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Its_deduplication_ids_are_known_until_their_windows_end()
    {
        var (engine, _, time) = await UpgradeAsync("orders");
        var first = (await engine.PeekEverythingAsync()).Single(m => m.DeduplicationId == "order-17").MessageId;
        var again = TestEngine.Text("again") with { DeduplicationId = "order-17" };
        (await engine.TryEnqueueAsync(again)).Value.ShouldSatisfyAllConditions(
            e => e.Duplicate.ShouldBeTrue(),
            e => e.MessageId.ShouldBe(first)
        );
        time.Advance(TimeSpan.FromMinutes(6));
        (await engine.TryEnqueueAsync(again)).Value.Duplicate.ShouldBeFalse();
    }

    [Fact]
    public async Task Its_groups_stay_locked_and_in_order()
    {
        var (engine, other, time) = await UpgradeAsync("steps.fifo");
        var lease = TimeSpan.FromHours(1);
        (await engine.CountsAsync()).ShouldBe(new MessageCounts(Ready: 3, Leased: 2, Scheduled: 0, DeadLettered: 0));
        await engine.EnqueueAsync(TestEngine.Text("a3") with { GroupId = "a", DeduplicationId = "a3" });
        (await engine.TryEnqueueAsync(TestEngine.Text("a1") with { GroupId = "a", DeduplicationId = "a1" })).Value.Duplicate.ShouldBeTrue();
        // Groups a and b each have a message out.
        (await other.DequeueEverythingAsync(lease))
            .ShouldHaveSingleItem()
            .Text()
            .ShouldBe("c2");
        (await engine.AckReceiptAsync(stored.Receipt("a1"))).ShouldBe(SettleStatus.Ok);
        (await other.DequeueAsync(10, lease)).Select(m => m.Text()).ShouldBe(["a2", "a3"]);
        (await other.DequeueAsync(10, lease)).ShouldBeEmpty();
        time.Advance(TimeSpan.FromMinutes(6));
        var b = await other.DequeueAsync(10, lease);
        b.Select(m => (m.Text(), m.Message.DeliveryCount)).ShouldBe([("b1", 3), ("b2", 1)]);
        (await engine.AckReceiptAsync(stored.Receipt("b1"))).ShouldBe(SettleStatus.LeaseLost);
        foreach (var message in b)
            (await engine.AckAsync(message)).ShouldBe(SettleStatus.Ok);
    }

    [Fact]
    public async Task A_change_writes_the_row_in_the_version_of_today()
    {
        var (engine, _, _) = await UpgradeAsync("orders");
        var table = new TableClient(Azurite.ConnectionString, stored.TableOf("orders"));
        (await VersionsAsync()).Distinct().ShouldBe([1]);
        (await engine.AckReceiptAsync(stored.Receipt("shared-leased"))).ShouldBe(SettleStatus.Ok);
        (await VersionsAsync()).Count(v => v == 2).ShouldBe(1);

        async Task<List<byte>> VersionsAsync()
        {
            var versions = new List<byte>();
            await foreach (var row in table.QueryAsync<TableEntity>(cancellationToken: Cancellation))
            {
                if (row.GetBinary("State") is { } state)
                    versions.Add(state[0]);
            }

            return versions;
        }
    }

    /// <summary>Two processes of this version, on the rows, a second after they were left.</summary>
    private async Task<(TestEngine Engine, TestEngine Other, FakeTimeProvider Time)> UpgradeAsync(string queue)
    {
        await stored.StoreAsync(Azurite.ConnectionString, Options, Cancellation);
        var time = new FakeTimeProvider(stored.TakenAt + TimeSpan.FromSeconds(1));
        var (engine, other) = (Start(time: time), Start(time: time));
        engine.Queue = other.Queue = TestEngine.Name(queue);
        return (engine, other, time);
    }
}

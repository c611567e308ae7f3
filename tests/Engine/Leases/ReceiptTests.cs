using System.Buffers.Text;
using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Leases;

/// <summary>Guarantee 2: a receipt is good for its queue, its generation and nothing else.</summary>
[Trait("Guarantee", "2")]
public sealed class ReceiptTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    [Fact]
    public async Task A_settlement_names_the_message_unless_the_receipt_is_malformed()
    {
        var engine = await StartWithQueueAsync();
        var id = await engine.EnqueueAsync("a");
        var receipt = (await engine.DequeueOneAsync()).Receipt!;
        var results = await engine.Engine.SettleAsync(
            engine.Queue,
            MessageSource.Live,
            new Settlement.Ack(),
            [receipt, "none"],
            Cancellation
        );
        results.Value.Select(r => (r.Status, r.MessageId)).ShouldBe([(SettleStatus.Ok, id), (SettleStatus.MalformedReceipt, null)]);
        var again = await engine.Engine.SettleAsync(engine.Queue, MessageSource.Live, new Settlement.Ack(), [receipt], Cancellation);
        again.Value.Select(r => (r.Status, r.MessageId)).ShouldBe([(SettleStatus.LeaseLost, id)]);
    }

    [Fact]
    public async Task A_receipt_of_another_queue_is_malformed()
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAsync("a");
        var message = await engine.DequeueOneAsync();
        engine.Queue = TestEngine.Name("other");
        await engine.PutQueueAsync();
        (await engine.AckAsync(message)).ShouldBe(SettleStatus.MalformedReceipt);
        engine.Queue = TestEngine.Name("orders");
        (await engine.AckAsync(message)).ShouldBe(SettleStatus.Ok);
    }

    [Fact]
    public async Task A_receipt_of_an_earlier_queue_of_the_same_name_is_malformed()
    {
        var (first, second) = (await StartWithQueueAsync(), Start());
        await first.EnqueueAsync("a");
        var message = await first.DequeueOneAsync();
        (await second.Engine.DeleteQueueAsync(second.Queue, Cancellation)).Value.ShouldBeTrue();
        await second.PutQueueAsync();
        (await second.AckAsync(message)).ShouldBe(SettleStatus.MalformedReceipt);
        // The first process may still remember the earlier queue.
        (await first.AckAsync(message)).ShouldBe(SettleStatus.MalformedReceipt);
    }

    [Fact]
    public async Task A_receipt_of_a_queue_made_anew_is_good_in_a_process_that_remembers_the_earlier_one()
    {
        var (first, second) = (await StartWithQueueAsync(), Start());
        await second.EnqueueAsync("old");
        (await first.Engine.DeleteQueueAsync(first.Queue, Cancellation)).Value.ShouldBeTrue();
        await first.PutQueueAsync();
        await first.EnqueueAllAsync("a", "b");
        var messages = await first.DequeueAsync(2);
        second.Requests.Clear();
        (await second.AckReceiptAsync("none")).ShouldBe(SettleStatus.MalformedReceipt);
        second.Requests.Count.ShouldBe(0, "what is no receipt at all is no reason to ask");
        var settled = await second.TrySettleAsync(new Settlement.Ack(), messages);
        settled.Value.ShouldAllBe(s => s.Status == SettleStatus.Ok);
        (await first.AckAsync(messages[0])).ShouldBe(SettleStatus.LeaseLost);
    }

    [Fact]
    public async Task Whether_a_receipt_is_of_a_later_queue_is_not_guessed_while_the_registry_is_silent()
    {
        var (first, second) = (await StartWithQueueAsync(), Start());
        await second.EnqueueAsync("old");
        (await first.Engine.DeleteQueueAsync(first.Queue, Cancellation)).Value.ShouldBeTrue();
        await first.PutQueueAsync();
        await first.EnqueueAsync("a");
        var message = await first.DequeueOneAsync();
        second.Faults.Throttle(r => r.Resource.StartsWith(Options.RegistryTable, StringComparison.Ordinal), int.MaxValue);
        (await second.TrySettleAsync(new Settlement.Ack(), [message])).Failure.ShouldBeOfType<Failure.StorageThrottled>();
        second.Faults.Clear();
        (await second.AckAsync(message)).ShouldBe(SettleStatus.Ok);
    }

    [Fact]
    public async Task A_receipt_of_a_live_message_is_none_of_a_dead_letter_and_the_other_way_round()
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAllAsync("a", "b");
        var messages = await engine.DequeueAsync(2);
        await engine.DeadLetterAsync(messages[0]);
        var dead = await engine.DequeueOneAsync(source: MessageSource.DeadLetters);
        (await engine.AckAsync(messages[1], MessageSource.DeadLetters)).ShouldBe(SettleStatus.MalformedReceipt);
        (await engine.AckAsync(dead)).ShouldBe(SettleStatus.MalformedReceipt);
        (await engine.AckAsync(messages[1])).ShouldBe(SettleStatus.Ok);
        (await engine.AckAsync(dead, MessageSource.DeadLetters)).ShouldBe(SettleStatus.Ok);
    }

    [Fact]
    public async Task A_receipt_with_any_bit_changed_is_malformed()
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAsync("a");
        var message = await engine.DequeueOneAsync();
        var receipt = message.Receipt.ShouldNotBeNull();
        var bytes = Base64Url.DecodeFromChars(receipt);
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var changed = bytes.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            (await engine.AckReceiptAsync(Base64Url.EncodeToString(changed))).ShouldBe(SettleStatus.MalformedReceipt);
        }

        (await engine.AckReceiptAsync(receipt)).ShouldBe(SettleStatus.Ok);
    }

    [Fact]
    public async Task A_receipt_with_any_character_changed_added_or_left_out_is_malformed()
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAsync("a");
        var receipt = (await engine.DequeueOneAsync()).Receipt.ShouldNotBeNull();
        var texts = new List<string>
        {
            "",
            " ",
            "x",
            receipt + "A",
            receipt + "=",
            " " + receipt,
            receipt + " ",
            receipt.ToUpperInvariant(),
            new('A', Limits.MaxReceiptLength + 1),
            "é" + receipt[1..],
        };
        for (var i = 0; i < receipt.Length; i++)
        {
            texts.Add(receipt.Remove(i, 1));
            foreach (var other in "A_-/+9\0")
            {
                if (receipt[i] != other)
                    texts.Add(receipt[..i] + other + receipt[(i + 1)..]);
            }
        }

        foreach (var text in texts)
            (await engine.AckReceiptAsync(text)).ShouldBe(SettleStatus.MalformedReceipt, text);
        (await engine.AckReceiptAsync(receipt)).ShouldBe(SettleStatus.Ok);
    }

    [Fact]
    public async Task A_receipt_made_of_parts_of_two_others_is_malformed()
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAllAsync("a", "b");
        var messages = await engine.DequeueAsync(2);
        var (one, other) = (Base64Url.DecodeFromChars(messages[0].Receipt), Base64Url.DecodeFromChars(messages[1].Receipt));
        for (var cut = 1; cut < one.Length; cut++)
        {
            byte[] mixed = [.. one[..cut], .. other[cut..]];
            if (!mixed.SequenceEqual(one) && !mixed.SequenceEqual(other))
                (await engine.AckReceiptAsync(Base64Url.EncodeToString(mixed))).ShouldBe(SettleStatus.MalformedReceipt, $"{cut}");
        }

        (await engine.AckAsync(messages[0])).ShouldBe(SettleStatus.Ok);
        (await engine.AckAsync(messages[1])).ShouldBe(SettleStatus.Ok);
    }

    [Fact]
    public async Task A_receipt_is_good_when_all_processes_have_been_stopped_and_others_started()
    {
        var first = await StartWithQueueAsync();
        await first.EnqueueAllAsync("a", "b");
        var messages = await first.DequeueAsync(2);
        await first.Engine.DisposeAsync();
        first.Abandon();
        var second = Start();
        (await second.AckAsync(messages[0])).ShouldBe(SettleStatus.Ok);
        second.Kill();
        (await Start().AckAsync(messages[1])).ShouldBe(SettleStatus.Ok);
    }

    [Fact]
    public async Task Processes_that_meet_on_an_empty_account_sign_with_one_key()
    {
        var engines = Enumerable.Range(0, 6).Select(_ => Start()).ToList();
        await Task.WhenAll(
            engines.Select(
                async (engine, i) =>
                {
                    engine.Queue = TestEngine.Name($"orders{i}");
                    await engine.PutQueueAsync();
                    await engine.EnqueueAsync("a");
                }
            )
        );
        for (var i = 0; i < engines.Count; i++)
        {
            var message = await engines[i].DequeueOneAsync();
            var other = engines[(i + 1) % engines.Count];
            other.Queue = TestEngine.Name($"orders{i}");
            (await other.AckAsync(message)).ShouldBe(SettleStatus.Ok);
            other.Queue = TestEngine.Name($"orders{(i + 1) % engines.Count}");
        }
    }

    [Fact]
    public async Task Any_process_settles_what_another_one_has_leased()
    {
        var (first, second, third) = (await StartWithQueueAsync(), Start(), Start());
        await first.EnqueueAllAsync("a", "b", "c", "d");
        var messages = await second.DequeueAsync(4);
        (await third.AckAsync(messages[0])).ShouldBe(SettleStatus.Ok);
        (await first.NackAsync(messages[1])).ShouldBe(SettleStatus.Ok);
        (await third.ExtendAsync(messages[2], TimeSpan.FromHours(1))).Status.ShouldBe(SettleStatus.Ok);
        (await first.DeadLetterAsync(messages[3])).ShouldBe(SettleStatus.Ok);
        (await second.CountsAsync()).ShouldBe(new MessageCounts(1, 1, 0, 1));
    }

    [Fact]
    public async Task A_process_that_does_not_know_of_new_shards_yet_accepts_their_receipts()
    {
        var (first, second) = (await StartWithQueueAsync(), Start());
        await second.EnqueueAsync("warm");
        await first.PutQueueAsync(new QueueSettingsChange { Shards = 4 });
        await first.EnqueueInEveryShardAsync(4);
        var messages = await first.DequeueEverythingAsync();
        messages.Count.ShouldBe(5);
        foreach (var message in messages)
            (await second.AckAsync(message)).ShouldBe(SettleStatus.Ok);
    }
}

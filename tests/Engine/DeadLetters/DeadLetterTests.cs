using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.DeadLetters;

/// <summary>How messages become dead letters, and what can be done with them.</summary>
[Trait("Guarantee", "1")]
public sealed class DeadLetterTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Whoever_wants_to_know_is_told_of_a_queue_that_has_a_new_dead_letter()
    {
        var engine = await StartWithQueueAsync(new QueueSettingsChange { MaxDeliveryCount = 1 });
        var told = new List<QueueName>();
        engine.Engine.DeadLettered = told.Add;
        await engine.EnqueueAllAsync("a", "b");
        var messages = await engine.DequeueAsync(2);
        told.ShouldBeEmpty();
        await engine.NackAsync(messages[0]);
        told.ShouldBe([engine.Queue]);
        Time.Advance(TimeSpan.FromHours(1));
        (await engine.DequeueAsync()).ShouldBeEmpty();
        told.ShouldBe([engine.Queue, engine.Queue]);
    }

    [Fact]
    public async Task A_nack_at_the_last_delivery_dead_letters_at_once()
    {
        var (engine, other) = (await StartWithQueueAsync(new QueueSettingsChange { MaxDeliveryCount = 3 }), Start());
        var id = await engine.EnqueueAsync("a");
        for (var delivery = 1; delivery <= 3; delivery++)
        {
            (await engine.CountsAsync()).ShouldBe(new MessageCounts(1, 0, 0, 0));
            (await engine.NackAsync(await engine.DequeueOneAsync())).ShouldBe(SettleStatus.Ok);
        }

        (await engine.CountsAsync()).ShouldBe(new MessageCounts(0, 0, 0, 1));
        var dead = await other.FindAsync(id);
        dead.Status.ShouldBe(MessageStatus.DeadLettered);
        dead.DeadLetterReason.ShouldBe("max-delivery-count-exceeded");
        dead.DeliveryCount.ShouldBe(3);
        dead.DeadLetteredAt.ShouldBe(Time.GetUtcNow());
        dead.Text().ShouldBe("a");
        (await other.DequeueAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_dead_letter_remembers_when_it_was_first_delivered()
    {
        var (engine, other) = (await StartWithQueueAsync(new QueueSettingsChange { MaxDeliveryCount = 2 }), Start());
        var id = await engine.EnqueueAsync("a");
        Time.Advance(Lease);
        var first = Time.GetUtcNow();
        await engine.NackAsync(await engine.DequeueOneAsync());
        Time.Advance(Lease);
        await engine.NackAsync(await engine.DequeueOneAsync());
        (await other.FindAsync(id)).FirstDeliveredAt.ShouldBe(first);
        (await other.DequeueOneAsync(source: MessageSource.DeadLetters)).Message.FirstDeliveredAt.ShouldBe(first);
    }

    [Fact]
    public async Task The_reason_of_the_last_nack_is_kept()
    {
        var engine = await StartWithQueueAsync(new QueueSettingsChange { MaxDeliveryCount = 2 });
        await engine.EnqueueAsync("a");
        await engine.NackAsync(await engine.DequeueOneAsync(), reason: "first");
        await engine.NackAsync(await engine.DequeueOneAsync(), TimeSpan.FromHours(1), "Größe überschritten 🙈");
        (await engine.DequeueOneAsync(source: MessageSource.DeadLetters)).Message.DeadLetterReason.ShouldBe("Größe überschritten 🙈");
    }

    [Fact]
    public async Task A_last_lease_that_expires_is_dead_lettered_when_a_dequeue_comes_by()
    {
        var (engine, other) = (await StartWithQueueAsync(new QueueSettingsChange { MaxDeliveryCount = 1 }), Start());
        await engine.EnqueueAllAsync("a", "b");
        var last = await engine.DequeueOneAsync(Lease);
        Time.Advance(Lease + Options.ClockSkewBound);
        (await other.DequeueAsync(10)).ShouldHaveSingleItem().Id().ShouldNotBe(last.Id());
        (await engine.CountsAsync()).ShouldBe(new MessageCounts(0, 1, 0, 1));
        (await engine.AckAsync(last)).ShouldBe(SettleStatus.LeaseLost);
        (await engine.FindAsync(last.Id())).DeadLetterReason.ShouldBe("max-delivery-count-exceeded");
    }

    [Fact]
    public async Task Without_a_limit_a_message_is_never_dead_lettered_for_its_deliveries()
    {
        var engine = await StartWithQueueAsync(new QueueSettingsChange { MaxDeliveryCount = (int?)null });
        await engine.EnqueueAsync("a");
        for (var i = 0; i < 50; i++)
            await engine.NackAsync(await engine.DequeueOneAsync());
        await engine.SweepAsync();
        (await engine.DequeueOneAsync()).Message.DeliveryCount.ShouldBe(51);
    }

    [Theory]
    [InlineData("broken order", "broken order")]
    [InlineData(null, "dead-lettered-by-consumer")]
    public async Task An_explicit_dead_lettering_keeps_everything_and_says_why(string? reason, string expected)
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        var enqueuedAt = Time.GetUtcNow();
        var id = await engine.EnqueueAsync(
            TestEngine.Text("ä") with
            {
                Attributes = new Dictionary<string, string> { ["k"] = "v" },
                ContentType = "text/x",
                GroupId = "g",
                Priority = 4,
                TraceParent = "t",
            }
        );
        await engine.NackAsync(await engine.DequeueOneAsync());
        Time.Advance(TimeSpan.FromMinutes(1));
        (await other.DeadLetterAsync(await engine.DequeueOneAsync(), reason)).ShouldBe(SettleStatus.Ok);
        foreach (
            var message in new[]
            {
                await other.FindAsync(id),
                (await engine.PeekEverythingAsync(MessageSource.DeadLetters)).Single(),
                (await other.DequeueOneAsync(source: MessageSource.DeadLetters)).Message,
            }
        )
        {
            message.ShouldSatisfyAllConditions(
                m => m.MessageId.ShouldBe(id),
                m => m.Status.ShouldBe(MessageStatus.DeadLettered),
                m => m.DeadLetterReason.ShouldBe(expected),
                m => m.DeadLetteredAt.ShouldBe(Time.GetUtcNow()),
                m => m.DeliveryCount.ShouldBe(2),
                m => m.EnqueuedAt.ShouldBe(enqueuedAt),
                m => m.Text().ShouldBe("ä"),
                m => m.ContentType.ShouldBe("text/x"),
                m => m.GroupId.ShouldBe("g"),
                m => m.Priority.ShouldBe(4),
                m => m.TraceParent.ShouldBe("t"),
                m => m.Attributes.ShouldBe(new Dictionary<string, string> { ["k"] = "v" }),
                m => m.ExpiresAt.ShouldBeNull()
            );
        }
    }

    [Fact]
    public async Task Dead_letters_are_leased_acked_nacked_and_extended_like_live_messages_without_a_delivery_limit()
    {
        var (engine, other) = (await StartWithQueueAsync(new QueueSettingsChange { MaxDeliveryCount = 1 }), Start());
        await engine.EnqueueAsync("a");
        await engine.NackAsync(await engine.DequeueOneAsync());
        for (var i = 0; i < 5; i++)
        {
            var dead = await other.DequeueOneAsync(Lease, MessageSource.DeadLetters);
            dead.Message.DeliveryCount.ShouldBe(1);
            (await engine.DequeueAsync(source: MessageSource.DeadLetters)).ShouldBeEmpty();
            (await engine.NackAsync(dead, source: MessageSource.DeadLetters)).ShouldBe(SettleStatus.Ok);
        }

        var leased = await engine.DequeueOneAsync(Lease, MessageSource.DeadLetters);
        (await other.ExtendAsync(leased, TimeSpan.FromHours(1), MessageSource.DeadLetters)).VisibleAt.ShouldBe(
            Time.GetUtcNow() + TimeSpan.FromHours(1)
        );
        Time.Advance(TimeSpan.FromHours(1) + Options.ClockSkewBound);
        var again = await other.DequeueOneAsync(Lease, MessageSource.DeadLetters);
        (await engine.AckAsync(leased, MessageSource.DeadLetters)).ShouldBe(SettleStatus.LeaseLost);
        (await engine.AckAsync(again, MessageSource.DeadLetters)).ShouldBe(SettleStatus.Ok);
        (await other.CountsAsync()).ShouldBe(default);
        (await other.AckAsync(again, MessageSource.DeadLetters)).ShouldBe(SettleStatus.LeaseLost);
    }

    [Fact]
    public async Task Dead_letters_can_be_received_for_good()
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAllAsync("a", "b");
        foreach (var message in await engine.DequeueAsync(2))
            await engine.DeadLetterAsync(message);
        var gone = (await Start().DequeueAsync(2, delete: true, source: MessageSource.DeadLetters));
        gone.Count.ShouldBe(2);
        gone.ShouldAllBe(m => m.Receipt == null);
        (await engine.CountsAsync()).ShouldBe(default);
    }

    [Fact]
    public async Task Many_messages_are_dead_lettered_at_once_each_with_its_own_reason()
    {
        var (engine, other) = (await StartWithQueueAsync(options: Options with { MaxMessagesPerRow = 90 }), Start());
        var body = new byte[Limits.MaxInlineBodyBytes];
        await engine.EnqueueAllAsync(Enumerable.Range(0, 90).Select(i => new NewMessage { Body = MessageBody.FromBytes(body) }));
        var messages = await engine.DequeueEverythingAsync();
        messages.Count.ShouldBe(90);
        var settled = await Task.WhenAll(
            messages.Select((m, i) => (i % 2 == 0 ? engine : other).SettleAsync(new Settlement.DeadLetter($"{m.Id()}"), m))
        );
        settled.ShouldAllBe(s => s.Status == SettleStatus.Ok);
        var dead = await other.PeekEverythingAsync(MessageSource.DeadLetters, pageSize: 7);
        dead.Count.ShouldBe(90);
        dead.ShouldAllBe(m => m.DeadLetterReason == m.MessageId.ToString());
    }

    [Fact]
    public async Task A_lowered_delivery_limit_holds_for_messages_that_are_there_already()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        await engine.EnqueueAsync("a");
        for (var i = 0; i < 3; i++)
            await engine.NackAsync(await engine.DequeueOneAsync());
        await engine.PutQueueAsync(new QueueSettingsChange { MaxDeliveryCount = 2 });
        (await other.DequeueAsync()).ShouldBeEmpty();
        (await other.CountsAsync()).ShouldBe(new MessageCounts(0, 0, 0, 1));
    }

    [Fact]
    public async Task A_purge_of_the_dead_letters_leaves_the_live_messages_alone()
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAllAsync("a", "b", "c");
        var messages = await engine.DequeueAsync(2);
        await engine.DeadLetterAsync(messages[0]);
        await engine.DeadLetterAsync(messages[1]);
        await engine.DequeueOneAsync(source: MessageSource.DeadLetters);
        (await Start().Engine.PurgeAsync(engine.Queue, MessageSource.DeadLetters, Cancellation)).Value.ShouldBe(new Purged(2, true));
        (await engine.CountsAsync()).ShouldBe(new MessageCounts(1, 0, 0, 0));
    }
}

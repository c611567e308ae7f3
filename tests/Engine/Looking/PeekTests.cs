using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Looking;

/// <summary>Peeking: no lease, no count, oldest first.</summary>
public sealed class PeekTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(100)]
    public async Task Ready_messages_of_all_shards_are_shown_oldest_first_in_pages_of_any_size(int pageSize)
    {
        var (engine, other) = (await StartWithQueueAsync(new QueueSettingsChange { Shards = 3 }), Start());
        var ids = new List<MessageId>();
        for (var i = 0; i < 6; i++)
        {
            ids.AddRange(await engine.EnqueueAllAsync($"{i} a", $"{i} b"));
            Time.Advance(TimeSpan.FromSeconds(1));
            await engine.LeaveShardAsync();
        }

        var shown = await other.PeekEverythingAsync(pageSize: pageSize);
        shown.Select(m => m.MessageId).ShouldBe(ids);
        shown.ShouldAllBe(m => m.Status == MessageStatus.Ready && m.DeliveryCount == 0);
        shown[3].Text().ShouldBe("1 b");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    public async Task The_oldest_is_shown_first_whatever_its_priority(int pageSize)
    {
        var (engine, other) = (await StartWithQueueAsync(new QueueSettingsChange { Shards = 2 }), Start());
        var ids = new List<MessageId>();
        for (var i = 0; i < 12; i++)
        {
            ids.Add(
                await engine.EnqueueAsync(
                    TestEngine.Text($"{i}") with
                    {
                        Priority = i * 7 % 10,
                        Delay = i % 4 == 3 ? TimeSpan.FromMilliseconds(1) : null,
                    }
                )
            );
            Time.Advance(TimeSpan.FromSeconds(1));
            if (i % 3 == 0)
                await engine.LeaveShardAsync();
        }

        (await other.PeekEverythingAsync(pageSize: pageSize)).Select(m => m.MessageId).ShouldBe(ids);
        foreach (var message in await engine.DequeueEverythingAsync())
            await engine.DeadLetterAsync(message);
        (await other.PeekEverythingAsync(MessageSource.DeadLetters, pageSize)).Select(m => m.MessageId).ShouldBe(ids);
    }

    [Fact]
    public async Task A_peek_changes_nothing()
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAsync("a");
        for (var i = 0; i < 3; i++)
            (await engine.PeekEverythingAsync()).ShouldHaveSingleItem().Text().ShouldBe("a");
        (await engine.DequeueOneAsync()).Message.DeliveryCount.ShouldBe(1);
    }

    [Fact]
    public async Task Leased_scheduled_and_dead_messages_are_not_among_the_ready_ones()
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAllAsync("leased", "dead", "ready");
        await engine.EnqueueAsync(TestEngine.Text("scheduled") with { Delay = TimeSpan.FromHours(1) });
        var messages = await engine.DequeueAsync(2, TimeSpan.FromMinutes(1));
        await engine.DeadLetterAsync(messages.Single(m => m.Text() == "dead"), "why");
        (await engine.PeekEverythingAsync()).Select(m => m.Text()).ShouldBe(["ready"]);
        (await engine.PeekEverythingAsync(MessageSource.DeadLetters))
            .Select(m => (m.Text(), m.DeadLetterReason))
            .ShouldBe([("dead", "why")]);
        Time.Advance(TimeSpan.FromHours(1));
        (await engine.PeekEverythingAsync()).Select(m => m.Text()).ShouldBe(["leased", "ready", "scheduled"], ignoreOrder: true);
    }

    [Fact]
    public async Task Leased_dead_letters_are_shown_too()
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAsync("a");
        await engine.DeadLetterAsync(await engine.DequeueOneAsync());
        await engine.DequeueOneAsync(source: MessageSource.DeadLetters);
        (await engine.PeekEverythingAsync(MessageSource.DeadLetters)).ShouldHaveSingleItem().Status.ShouldBe(MessageStatus.DeadLettered);
    }

    [Fact]
    public async Task A_page_goes_on_where_the_last_one_ended_whatever_has_gone_meanwhile()
    {
        var engine = await StartWithQueueAsync(options: Options with { MaxMessagesPerRow = 5 });
        var ids = await engine.EnqueueAllAsync(Enumerable.Range(0, 20).Select(i => $"{i}"));
        var page = (await engine.Engine.PeekAsync(engine.Queue, MessageSource.Live, 7, null, Cancellation)).Value;
        foreach (var message in await engine.DequeueAsync(10))
            await engine.AckAsync(message);
        var next = (await engine.Engine.PeekAsync(engine.Queue, MessageSource.Live, 100, page.Continuation, Cancellation)).Value;
        page.Messages.Select(m => m.MessageId).ShouldBe(ids.Take(7));
        next.Messages.Select(m => m.MessageId).ShouldBe(ids.Skip(10));
        next.Continuation.ShouldBeNull();
    }

    [Fact]
    public async Task An_empty_queue_has_an_empty_page_and_no_other()
    {
        var engine = await StartWithQueueAsync(new QueueSettingsChange { Shards = 2 });
        var page = (await engine.Engine.PeekAsync(engine.Queue, MessageSource.Live, 10, null, Cancellation)).Value;
        page.Messages.ShouldBeEmpty();
        page.Continuation.ShouldBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("é")]
    [InlineData("MC4wLmhlbGxv")]
    [InlineData("////")]
    public async Task A_continuation_that_was_not_handed_out_is_invalid(string continuation)
    {
        var engine = await StartWithQueueAsync();
        (await engine.Engine.PeekAsync(engine.Queue, MessageSource.Live, 10, continuation, Cancellation))
            .Failure.ShouldBeOfType<Failure.Invalid>()
            .Faults.ShouldHaveSingleItem()
            .Field.ShouldBe("continuation");
    }

    [Fact]
    public async Task Messages_are_listed_by_their_status_and_leased_ones_name_the_process_that_leased_them()
    {
        var (engine, other) = (await StartWithQueueAsync(new QueueSettingsChange { Shards = 2 }), Start());
        var ids = await engine.EnqueueInEveryShardAsync(2);
        var later = await engine.EnqueueAsync(TestEngine.Text("later") with { Delay = TimeSpan.FromHours(1) });
        var (first, second) = (await engine.DequeueOneAsync(TimeSpan.FromSeconds(60)), await other.DequeueOneAsync());
        var leased = await ListAsync(MessageStatus.Leased);
        leased.Select(m => m.MessageId).ShouldBe([first.Id(), second.Id()], ignoreOrder: true);
        leased.ShouldAllBe(m => m.Status == MessageStatus.Leased && m.DeliveryCount == 1);
        leased.Single(m => m.MessageId == first.Id()).VisibleAt.ShouldBe(Time.GetUtcNow() + TimeSpan.FromSeconds(60));
        leased.Single(m => m.MessageId == first.Id()).LeasedBy.ShouldBe(engine.Engine.Process.Value);
        leased.Single(m => m.MessageId == second.Id()).LeasedBy.ShouldBe(other.Engine.Process.Value);
        (await ListAsync(MessageStatus.Ready)).ShouldBeEmpty();
        (await ListAsync(MessageStatus.Scheduled)).Select(m => m.MessageId).ShouldBe([later]);
        await other.NackAsync(first, TimeSpan.Zero);
        var ready = (await ListAsync(MessageStatus.Ready)).ShouldHaveSingleItem();
        ready.ShouldSatisfyAllConditions(m => m.MessageId.ShouldBe(first.Id()), m => m.LeasedBy.ShouldBeNull());
        ids.ShouldContain(ready.MessageId);

        async Task<IReadOnlyList<StoredMessage>> ListAsync(MessageStatus status) =>
            (await engine.Operations.ListAsync(engine.Queue, status, 10, null, Cancellation)).Value.Messages;
    }
}

using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Looking;

/// <summary>Purging.</summary>
public sealed class PurgeTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    [Fact]
    public async Task A_purge_drops_ready_leased_and_scheduled_messages_of_all_shards_and_no_dead_letter()
    {
        var (engine, other) = (await StartWithQueueAsync(new QueueSettingsChange { Shards = 2 }), Start());
        await engine.EnqueueInEveryShardAsync(2);
        await engine.EnqueueAllAsync([
            TestEngine.Text("later") with
            {
                Delay = TimeSpan.FromHours(1),
            },
            TestEngine.Text("dead") with
            {
                Priority = 9,
            },
        ]);
        await engine.DeadLetterAsync((await engine.DequeueOneAsync()));
        var leased = await engine.DequeueOneAsync();
        (await other.Engine.PurgeAsync(other.Queue, MessageSource.Live, Cancellation)).Value.ShouldBe(new Purged(3, Complete: true));
        (await engine.CountsAsync()).ShouldBe(new MessageCounts(0, 0, 0, 1));
        (await engine.AckAsync(leased)).ShouldBe(SettleStatus.LeaseLost);
        Time.Advance(TimeSpan.FromDays(1));
        (await engine.DequeueAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_purge_of_nothing_is_complete()
    {
        var engine = await StartWithQueueAsync();
        foreach (var source in new[] { MessageSource.Live, MessageSource.DeadLetters })
            (await engine.Engine.PurgeAsync(engine.Queue, source, Cancellation)).Value.ShouldBe(new Purged(0, Complete: true));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_purge_whose_answer_was_lost_goes_on(bool requestLost)
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAllAsync(Enumerable.Range(0, 100).Select(i => $"{i}"));
        var fault = requestLost ? engine.Faults.LoseRequest(r => r.ChangesMessages) : engine.Faults.LoseAnswer(r => r.ChangesMessages);
        (await engine.Engine.PurgeAsync(engine.Queue, MessageSource.Live, Cancellation)).Value.ShouldBe(new Purged(100, Complete: true));
        fault.Count.ShouldBe(1);
        (await Start().CountsAsync()).ShouldBe(default);
    }

    [Fact]
    public async Task A_purge_out_of_time_says_so_and_can_be_repeated()
    {
        var engine = await StartWithQueueAsync(options: Options with { MaxMessagesPerRow = 1, PurgeTimeLimit = TimeSpan.FromSeconds(10) });
        for (var i = 0; i < 11; i++)
            await engine.EnqueueAllAsync(Enumerable.Range(0, 100).Select(n => $"{n}"));
        // Time passes with the first write.
        engine.Faults.Hold(r => r.ChangesMessages && Pass()).Release();
        var first = (await engine.Engine.PurgeAsync(engine.Queue, MessageSource.Live, Cancellation)).Value;
        first.Complete.ShouldBeFalse();
        (await engine.CountsAsync()).Ready.ShouldBe(1100 - first.Count);
        (await engine.Engine.PurgeAsync(engine.Queue, MessageSource.Live, Cancellation)).Value.ShouldBe(
            new Purged(1100 - first.Count, Complete: true)
        );

        bool Pass()
        {
            Time.Advance(TimeSpan.FromSeconds(11));
            return true;
        }
    }

    [Fact]
    public async Task A_purge_among_producers_and_consumers_takes_nothing_that_was_enqueued_after_it()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        for (var round = 0; round < 5; round++)
        {
            await engine.EnqueueAllAsync(Enumerable.Range(0, 30).Select(i => $"{round}.{i}"));
            var consuming = Task.WhenAll(
                Enumerable
                    .Range(0, 5)
                    .Select(async i =>
                    {
                        foreach (var message in await (i % 2 == 0 ? engine : other).DequeueAsync(3))
                            await other.AckAsync(message);
                    })
            );
            (await other.Engine.PurgeAsync(other.Queue, MessageSource.Live, Cancellation)).Value.Complete.ShouldBeTrue();
            await consuming;
            (await engine.CountsAsync()).ShouldBe(default);
            var id = await engine.EnqueueAsync("after");
            (await other.DequeueAsync(10, delete: true)).ShouldHaveSingleItem().Id().ShouldBe(id);
        }
    }

    [Theory]
    [InlineData(64, true, true)]
    [InlineData(90, true, true)]
    [InlineData(90, true, false)]
    [InlineData(90, false, true)]
    public async Task A_row_whose_groups_and_payloads_are_more_than_one_transaction_takes_is_purged_with_its_locks(
        int messages,
        bool leased,
        bool payloads
    )
    {
        var options = Options with { MaxMessagesPerRow = 90 };
        var engine = Start(options);
        engine.Queue = TestEngine.Name("orders.fifo");
        await engine.PutQueueAsync(new QueueSettingsChange { Type = QueueType.Fifo });
        var body = new byte[payloads ? Limits.MaxInlineBodyBytes + 1 : 5];
        await engine.EnqueueAllAsync(
            Enumerable.Range(0, messages).Select(i => new NewMessage { Body = MessageBody.FromBytes(body), GroupId = $"g{i}" })
        );
        var got = 0;
        while (leased && await engine.DequeueAsync(100, TimeSpan.FromMinutes(5)) is { Count: > 0 } some)
            got += some.Count;
        got.ShouldBe(leased ? messages : 0);
        (await Start(options).Engine.PurgeAsync(engine.Queue, MessageSource.Live, Cancellation)).Value.ShouldBe(
            new Purged(messages, Complete: true)
        );
        (await engine.CountsAsync()).ShouldBe(default);
        // No lock is left that would hold a group until the leases end, and no payload that nobody accounts for.
        await engine.EnqueueAllAsync(Enumerable.Range(0, messages).Select(i => TestEngine.Text("next") with { GroupId = $"g{i}" }));
        var next = 0;
        while (await engine.DequeueAsync(100) is { Count: > 0 } some)
            next += some.Count;
        next.ShouldBe(messages);
        Time.Advance(TimeSpan.FromHours(1));
        await engine.SweepAsync(SweepScope.Storage);
        (await Blobs.NamesAsync()).ShouldBeEmpty();
    }
}

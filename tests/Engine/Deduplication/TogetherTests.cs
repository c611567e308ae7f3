using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Deduplication;

/// <summary>Guarantee 3 of a batch that shares one id: it is stored once, as a whole.</summary>
[Trait("Guarantee", "3")]
public sealed class TogetherTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    private static List<NewMessage> Batch(int count) => [.. Enumerable.Range(0, count).Select(i => TestEngine.Text($"{i}"))];

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    public async Task A_repeat_of_a_batch_by_any_process_gets_the_first_ids_in_order(int count)
    {
        var (engine, other) = (await StartWithQueueAsync(new QueueSettingsChange { Shards = 4 }), Start());
        var first = await engine.EnqueueTogetherAsync(Batch(count), "once");
        first.ShouldAllBe(e => !e.Duplicate);
        first.Select(e => e.MessageId).Distinct().Count().ShouldBe(count);
        foreach (var process in new[] { engine, other })
            (await process.EnqueueTogetherAsync(Batch(count), "once")).ShouldBe(first.Select(e => e with { Duplicate = true }));
        var stored = await other.DequeueEverythingAsync();
        stored
            .ToDictionary(m => m.Id(), m => m.Text())
            .ShouldBe(first.Index().ToDictionary(e => e.Item.MessageId, e => $"{e.Index}"), true);
        stored.ShouldAllBe(m => m.Message.DeduplicationId == null);
    }

    [Fact]
    public async Task Messages_that_lie_in_different_rows_share_an_id_all_the_same()
    {
        var engine = await StartWithQueueAsync();
        var messages = Batch(100)
            .Select((m, i) => m with { Priority = i % 10, Delay = i % 3 == 0 ? TimeSpan.FromSeconds(i % 2 + 1) : null })
            .ToList();
        var first = await engine.EnqueueTogetherAsync(messages, "once");
        (await engine.EnqueueTogetherAsync(messages, "once")).ShouldBe(first.Select(e => e with { Duplicate = true }));
        Time.Advance(TimeSpan.FromSeconds(3));
        var stored = await engine.DequeueEverythingAsync();
        stored
            .ToDictionary(m => m.Id(), m => m.Text())
            .ShouldBe(first.Index().ToDictionary(e => e.Item.MessageId, e => $"{e.Index}"), true);
    }

    [Fact]
    public async Task The_largest_batch_of_one_id_fits_one_write_also_where_rows_are_short()
    {
        var engine = Start(Options with { MaxMessagesPerRow = 1 });
        await engine.PutQueueAsync();
        await engine.EnqueueAsync("warm");
        var messages = Enumerable
            .Range(0, 100)
            .Select(i => new NewMessage
            {
                Body = MessageBody.FromBytes(new byte[Limits.MaxTogetherBytes / 100]),
                Delay = TimeSpan.FromSeconds(i % Limits.MaxTogetherKinds),
            })
            .ToList();
        BatchEnqueue.Check(messages, "once").ShouldBeEmpty();
        BatchEnqueue.Fits(messages).ShouldBeTrue();
        engine.Requests.Clear();
        (await engine.EnqueueTogetherAsync(messages, "once")).Count.ShouldBe(100);
        engine.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Processes_that_race_with_one_batch_store_it_once()
    {
        var engine = await StartWithQueueAsync();
        var processes = new[] { engine, Start(), Start() };
        for (var round = 0; round < 10; round++)
        {
            var all = await Task.WhenAll(Enumerable.Range(0, 9).Select(i => processes[i % 3].EnqueueTogetherAsync(Batch(7), $"{round}")));
            all.Count(batch => batch.All(e => !e.Duplicate)).ShouldBe(1);
            all.Count(batch => batch.All(e => e.Duplicate)).ShouldBe(8);
            foreach (var batch in all)
                batch.Select(e => e.MessageId).ShouldBe(all[0].Select(e => e.MessageId));
        }

        (await engine.CountsAsync()).Ready.ShouldBe(70);
    }

    [Fact]
    public async Task Among_other_messages_a_batch_stays_whole()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .SelectMany(i =>
                    new[]
                    {
                        engine.EnqueueTogetherAsync(Batch(60), $"{i}").ContinueWith(_ => { }, TaskScheduler.Default),
                        engine
                            .EnqueueAsync(TestEngine.Text("x") with { DeduplicationId = $"x{i}" })
                            .ContinueWith(_ => { }, TaskScheduler.Default),
                    }
                )
        );
        for (var i = 0; i < 20; i++)
            (await other.EnqueueTogetherAsync(Batch(60), $"{i}")).ShouldAllBe(e => e.Duplicate);
        (await engine.CountsAsync()).Ready.ShouldBe(20 * 61);
    }

    [Fact]
    public async Task A_batch_whose_outcome_was_unknown_is_repeated_and_is_there_once()
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAsync("warm");
        engine.Faults.LoseAnswer(r => r.InsertsMessages);
        engine.Faults.Refuse(r => r.ReadsMessageRow, 4);
        (await engine.TryEnqueueTogetherAsync(Batch(5), "once")).Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
        (await engine.EnqueueTogetherAsync(Batch(5), "once")).ShouldAllBe(e => e.Duplicate);
        (await engine.CountsAsync()).Ready.ShouldBe(6);
    }

    [Fact]
    public async Task A_batch_whose_answer_was_lost_and_whose_messages_are_gone_is_known_by_its_id()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        await other.StatusAsync();
        engine.Faults.LoseAnswer(r => r.InsertsMessages);
        var look = engine.Faults.Hold(r => r.ReadsMessageRow);
        var enqueue = engine.EnqueueTogetherAsync(Batch(5), "once");
        await look.Reached;
        (await other.DequeueAsync(5, delete: true)).Count.ShouldBe(5);
        look.Release();
        (await enqueue).ShouldAllBe(e => !e.Duplicate);
    }

    [Fact]
    public async Task A_batch_that_storage_refused_is_not_there_in_part()
    {
        var engine = await StartWithQueueAsync();
        engine.Faults.Refuse(r => r.InsertsMessages);
        (await engine.TryEnqueueTogetherAsync(Batch(90), "once")).Failure.ShouldBeOfType<Failure.StorageUnavailable>();
        (await engine.CountsAsync()).ShouldBe(default);
        (await engine.EnqueueTogetherAsync(Batch(90), "once")).ShouldAllBe(e => !e.Duplicate);
    }

    [Fact]
    public async Task After_its_window_and_after_a_purge_an_id_stands_for_a_new_batch()
    {
        var engine = await StartWithQueueAsync(new QueueSettingsChange { DeduplicationWindow = TimeSpan.FromSeconds(60) });
        foreach (var swept in new[] { false, true })
        {
            (await engine.EnqueueTogetherAsync(Batch(3), "once")).ShouldAllBe(e => !e.Duplicate);
            Time.Advance(TimeSpan.FromSeconds(61));
            if (swept)
                await engine.SweepAsync();
        }

        (await engine.EnqueueTogetherAsync(Batch(3), "once")).ShouldAllBe(e => !e.Duplicate);
        await engine.Engine.PurgeAsync(engine.Queue, MessageSource.Live, Cancellation);
        (await engine.EnqueueTogetherAsync(Batch(3), "once")).ShouldAllBe(e => !e.Duplicate);
        (await engine.CountsAsync()).Ready.ShouldBe(3);
    }

    [Fact]
    public async Task The_same_words_for_a_message_a_batch_or_a_longer_batch_are_three_ids()
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAsync(TestEngine.Text("x") with { DeduplicationId = "a" });
        (await engine.EnqueueTogetherAsync(Batch(2), "a")).ShouldAllBe(e => !e.Duplicate);
        (await engine.EnqueueTogetherAsync(Batch(3), "a")).ShouldAllBe(e => !e.Duplicate);
        (await engine.CountsAsync()).Ready.ShouldBe(6);
    }

    [Fact]
    public async Task What_cannot_be_stored_as_one_is_refused()
    {
        BatchEnqueue.Check(Batch(2), "").ShouldHaveSingleItem().Field.ShouldBe("deduplicationId");
        BatchEnqueue
            .Check([TestEngine.Text("a"), TestEngine.Text("b") with { DeduplicationId = "own" }], "once")
            .ShouldHaveSingleItem()
            .Field.ShouldBe("messages[1].deduplicationId");
        var many = Batch(Limits.MaxTogetherKinds + 1).Select((m, i) => m with { Delay = TimeSpan.FromSeconds(i) }).ToList();
        BatchEnqueue.Check(many, "once").ShouldHaveSingleItem().Field.ShouldBe("deduplicationId");
        var engine = Start();
        engine.Queue = TestEngine.Name("orders.fifo");
        await engine.PutQueueAsync(new QueueSettingsChange { Type = QueueType.Fifo });
        (await engine.TryEnqueueTogetherAsync([TestEngine.Text("a") with { GroupId = "g" }], "once"))
            .Failure.ShouldBeOfType<Failure.Invalid>()
            .Faults.ShouldHaveSingleItem()
            .Field.ShouldBe("deduplicationId");
    }
}

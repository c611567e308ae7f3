using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Deduplication;

/// <summary>Guarantee 3: a repeat of an enqueue within the window is a no-op that returns the first message's id.</summary>
[Trait("Guarantee", "3")]
public sealed class DeduplicationTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    private static readonly TimeSpan Window = new QueueSettings().DeduplicationWindow;

    private static NewMessage Message(string text, string? id) => TestEngine.Text(text) with { DeduplicationId = id };

    [Fact]
    public async Task A_consumer_is_told_the_id_of_the_producer()
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAsync(Message("a", "order 17"));
        (await engine.DequeueOneAsync()).Message.DeduplicationId.ShouldBe("order 17");
        await engine.EnqueueAsync(Message("b", null));
        (await engine.DequeueOneAsync()).Message.DeduplicationId.ShouldBeNull();
    }

    [Fact]
    public async Task A_repeat_gets_the_id_of_the_first_and_is_not_stored_whatever_has_become_of_it()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        var first = (await engine.TryEnqueueAsync(Message("first", "a"))).Value;
        first.Duplicate.ShouldBeFalse();
        foreach (var process in new[] { engine, other })
        {
            var repeat = (await process.TryEnqueueAsync(Message("repeat", "a"))).Value;
            repeat.ShouldBe(first with { Duplicate = true });
        }

        (await engine.AckAsync(await other.DequeueOneAsync())).ShouldBe(SettleStatus.Ok);
        (await engine.TryEnqueueAsync(Message("repeat", "a"))).Value.Duplicate.ShouldBeTrue();
        (await engine.TryEnqueueAsync(Message("another", "b"))).Value.Duplicate.ShouldBeFalse();
        (await engine.DequeueEverythingAsync()).Select(m => m.Text()).ShouldBe(["another"]);
    }

    [Fact]
    public async Task After_its_window_an_id_stands_for_a_new_message_swept_or_not()
    {
        var engine = await StartWithQueueAsync(new QueueSettingsChange { DeduplicationWindow = TimeSpan.FromSeconds(60) });
        foreach (var swept in new[] { false, true, false })
        {
            var id = await engine.EnqueueAsync(Message("x", "a"));
            Time.Advance(TimeSpan.FromSeconds(60) - TimeSpan.FromMilliseconds(1));
            if (swept)
                await engine.SweepAsync();
            (await engine.TryEnqueueAsync(Message("x", "a"))).Value.MessageId.ShouldBe(id);
            Time.Advance(TimeSpan.FromSeconds(1));
            if (swept)
                await engine.SweepAsync();
        }

        (await engine.CountsAsync()).Ready.ShouldBe(3);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Of_processes_racing_with_one_id_one_stores_the_message_and_all_get_its_id(int shards)
    {
        var engine = await StartWithQueueAsync(new QueueSettingsChange { Shards = shards });
        var processes = new[] { engine, Start(), Start() };
        for (var round = 0; round < 20; round++)
        {
            var outcomes = await Task.WhenAll(
                Enumerable.Range(0, 12).Select(i => processes[i % 3].TryEnqueueAsync(Message($"{round}", $"id-{round}")))
            );
            outcomes.Select(o => o.Value.MessageId).Distinct().ShouldHaveSingleItem();
            outcomes.Count(o => !o.Value.Duplicate).ShouldBe(1);
        }

        (await engine.DequeueEverythingAsync())
            .Select(m => m.Text())
            .ShouldBe(Enumerable.Range(0, 20).Select(r => $"{r}"), ignoreOrder: true);
    }

    [Fact]
    public async Task Within_one_batch_the_first_of_each_id_is_stored_and_the_rest_is_not_held_up()
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAsync(Message("before", "a"));
        var messages = new[] { Message("1", "a"), Message("2", "b"), Message("3", "b"), Message("4", null), Message("5", "c") };
        var outcomes = (await engine.Engine.EnqueueBatchAsync(engine.Queue, messages, Cancellation)).Value;
        outcomes.Select(o => o.Value.Duplicate).ShouldBe([true, false, true, false, false]);
        outcomes[2].Value.MessageId.ShouldBe(outcomes[1].Value.MessageId);
        (await engine.DequeueEverythingAsync()).Select(m => m.Text()).ShouldBe(["before", "2", "4", "5"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_hundred_ids_in_one_call_are_all_remembered()
    {
        var engine = await StartWithQueueAsync();
        var messages = Enumerable.Range(0, 100).Select(i => Message($"{i}", $"id-{i}")).ToList();
        (await engine.Engine.EnqueueBatchAsync(engine.Queue, messages, Cancellation)).Value.ShouldAllBe(o => !o.Value.Duplicate);
        (await engine.Engine.EnqueueBatchAsync(engine.Queue, messages, Cancellation)).Value.ShouldAllBe(o => o.Value.Duplicate);
        (await engine.CountsAsync()).Ready.ShouldBe(100);
    }

    [Fact]
    public async Task Shards_added_later_do_not_move_an_id()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        var ids = new List<MessageId>();
        for (var i = 0; i < 10; i++)
            ids.Add(await engine.EnqueueAsync(Message("x", $"{i}")));
        await engine.PutQueueAsync(new QueueSettingsChange { Shards = 8 });
        for (var i = 0; i < 10; i++)
            (await other.TryEnqueueAsync(Message("x", $"{i}"))).Value.MessageId.ShouldBe(ids[i]);
    }

    [Fact]
    public async Task A_caller_whose_outcome_was_unknown_repeats_and_the_message_is_there_once()
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAsync("warm");
        engine.Faults.LoseAnswer(r => r.InsertsMessages);
        engine.Faults.Refuse(r => r.ReadsMessageRow, 4);
        (await engine.TryEnqueueAsync(Message("x", "a"))).Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
        (await engine.TryEnqueueAsync(Message("x", "a"))).Value.Duplicate.ShouldBeTrue();
        (await engine.DequeueEverythingAsync()).Select(m => m.Text()).ShouldBe(["warm", "x"], ignoreOrder: true);
    }

    [Fact]
    public async Task By_content_the_same_body_and_attributes_are_one_message_and_another_of_either_is_not()
    {
        var engine = await StartWithQueueAsync(new QueueSettingsChange { ContentBasedDeduplication = true, Shards = 4 });
        async Task<bool> StoredAsync(NewMessage message) => !(await engine.TryEnqueueAsync(message)).Value.Duplicate;
        var message = TestEngine.Text("body") with
        {
            Attributes = new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" },
        };
        (await StoredAsync(message)).ShouldBeTrue();
        (
            await StoredAsync(
                message with
                {
                    Attributes = new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" },
                }
            )
        ).ShouldBeFalse();
        (await StoredAsync(message with { Body = MessageBody.FromStream(new MemoryStream("body"u8.ToArray())) })).ShouldBeFalse();
        (
            await StoredAsync(
                message with
                {
                    Attributes = new Dictionary<string, string> { ["a"] = "12", ["b"] = "" },
                }
            )
        ).ShouldBeTrue();
        (await StoredAsync(message with { Body = MessageBody.FromBytes("Body"u8.ToArray()) })).ShouldBeTrue();
        (await StoredAsync(message with { DeduplicationId = "an id goes before the content" })).ShouldBeTrue();
        (await engine.CountsAsync()).Ready.ShouldBe(4);
    }

    [Fact]
    public async Task A_long_content_is_hashed_as_it_streams_and_the_payload_of_a_repeat_is_collected()
    {
        var engine = await StartWithQueueAsync(new QueueSettingsChange { ContentBasedDeduplication = true, Shards = 4 });
        var body = new byte[Limits.MaxInlineBodyBytes * 3];
        new Random(5).NextBytes(body);
        NewMessage Long() => new() { Body = MessageBody.FromStream(new MemoryStream(body)) };
        var first = (await engine.TryEnqueueAsync(Long())).Value;
        (await engine.TryEnqueueAsync(Long())).Value.ShouldBe(first with { Duplicate = true });
        body[^1] ^= 1;
        (await engine.TryEnqueueAsync(Long())).Value.Duplicate.ShouldBeFalse();
        Time.Advance(Options.UploadTimeout);
        (await engine.SweepAsync(SweepScope.Storage)).PayloadsDeleted.ShouldBe(1);
        body[^1] ^= 1;
        (await engine.ReadBodyAsync(first.MessageId)).ShouldBe(body);
    }

    [Fact]
    public async Task The_sweep_forgets_keys_whose_window_has_ended_and_an_empty_shard_with_them()
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAsync(Message("x", "a"));
        Time.Advance(TimeSpan.FromSeconds(1));
        await engine.EnqueueAsync(Message("y", "b"));
        foreach (var message in await engine.DequeueEverythingAsync())
            await engine.AckAsync(message);
        // The first one's has ended, the second one's has not.
        Time.Advance(Window - TimeSpan.FromSeconds(0.5));
        await engine.SweepAsync();
        (await engine.TryEnqueueAsync(Message("y", "b"))).Value.Duplicate.ShouldBeTrue();
        Time.Advance(TimeSpan.FromDays(1));
        await engine.Engine.PurgeAsync(engine.Queue, MessageSource.Live, Cancellation);
        Time.Advance(2 * Options.ActivityInterval + TimeSpan.FromSeconds(1));
        await engine.SweepAsync();
        await engine.SweepAsync();
        // Nothing is left to look at: the shard's mark has gone.
        (await engine.SweepAsync()).ShardsVisited.ShouldBe(0);
    }

    [Fact]
    public async Task A_lone_enqueue_with_an_id_is_still_one_write()
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAsync(Message("warm", "w"));
        engine.Requests.Clear();
        await engine.EnqueueAsync(Message("x", "a"));
        engine.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(QueueType.Standard, false)]
    [InlineData(QueueType.Standard, true)]
    [InlineData(QueueType.Fifo, false)]
    [InlineData(QueueType.Fifo, true)]
    public async Task A_purge_forgets_the_ids_of_what_was_there(QueueType type, bool byContent)
    {
        var engine = Start();
        engine.Queue = TestEngine.Name(type == QueueType.Fifo ? "orders.fifo" : "orders");
        await engine.PutQueueAsync(
            new QueueSettingsChange
            {
                Type = type,
                Shards = 2,
                ContentBasedDeduplication = byContent,
            }
        );
        var messages = Enumerable
            .Range(0, 150)
            .Select(i =>
                TestEngine.Text($"{i}") with
                {
                    GroupId = type == QueueType.Fifo ? $"g{i % 3}" : null,
                    DeduplicationId = byContent ? null : $"{i}",
                }
            )
            .ToList();
        await engine.EnqueueAllAsync(messages);
        (await engine.TryEnqueueAsync(messages[7])).Value.Duplicate.ShouldBeTrue();
        // Also the ids of what has been consumed.
        await engine.AckAsync(await engine.DequeueOneAsync());
        (await engine.Engine.PurgeAsync(engine.Queue, MessageSource.Live, Cancellation)).Value.ShouldBe(new Purged(149, Complete: true));
        foreach (var message in messages)
            (await engine.TryEnqueueAsync(message)).Value.Duplicate.ShouldBeFalse();
        (await engine.TryEnqueueAsync(messages[7])).Value.Duplicate.ShouldBeTrue();
        (await engine.CountsAsync()).Ready.ShouldBe(150);
    }

    [Fact]
    public async Task A_purge_leaves_the_ids_alone_that_are_taken_while_it_is_at_work()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        await engine.EnqueueAsync(TestEngine.Text("a") with { DeduplicationId = "before" });
        var held = engine.Faults.Hold(r => r.ChangesMessages);
        var purge = engine.Engine.PurgeAsync(engine.Queue, MessageSource.Live, Cancellation);
        await held.Reached;
        var id = await other.EnqueueAsync(TestEngine.Text("b") with { DeduplicationId = "meanwhile" });
        held.Release();
        (await purge).Value.Count.ShouldBe(1);
        var again = (await other.TryEnqueueAsync(TestEngine.Text("b") with { DeduplicationId = "meanwhile" })).Value;
        (again.Duplicate, again.MessageId).ShouldBe((true, id));
        (await other.TryEnqueueAsync(TestEngine.Text("a") with { DeduplicationId = "before" })).Value.Duplicate.ShouldBeFalse();
    }
}

using FuncQueue.Engine.Shards;
using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Topics.Forwarding;

/// <summary>Guarantee 6, its last step: what is fed to a queue and the cursor of where it came from change together.</summary>
[Trait("Guarantee", "6")]
public sealed class FeedTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    [Fact]
    public async Task Messages_and_cursor_change_in_one_write_and_the_messages_tell_where_they_come_from()
    {
        var engine = await StartWithQueueAsync();
        var target = await Target.OfAsync(engine);
        var cursor = await target.PutCursorAsync();
        engine.Requests.Clear();
        var taken = (await target.FeedAsync(cursor, "a", "b")).ShouldBeOfType<FeedEnd.Taken>();
        engine.Requests.CountOf(r => r.WritesQueue).ShouldBe(1);
        taken.Cursor.ShouldBe(await target.CursorAsync());
        taken.Cursor!.Next.ShouldBe(2);
        var messages = await engine.DequeueEverythingAsync();
        messages.Select(m => m.Text()).ShouldBe(["a", "b"]);
        messages.ShouldAllBe(m => m.Message.Source == new TopicSource("events", 0, 17, "a.b"));
    }

    [Fact]
    public async Task The_next_feed_goes_on_without_a_look_at_the_cursor()
    {
        var engine = await StartWithQueueAsync();
        var target = await Target.OfAsync(engine);
        var first = (await target.FeedAsync(await target.PutCursorAsync(), "a")).ShouldBeOfType<FeedEnd.Taken>();
        engine.Requests.Clear();
        (await target.FeedAsync(first.Cursor!, "b")).ShouldBeOfType<FeedEnd.Taken>();
        engine.Requests.Count.ShouldBe(1);
        (await target.CursorAsync()).Next.ShouldBe(2);
    }

    [Fact]
    public async Task A_feed_shares_its_transaction_with_the_messages_of_callers_in_rows_of_its_own()
    {
        var engine = await StartWithQueueAsync();
        var target = await Target.OfAsync(engine);
        var cursor = await target.PutCursorAsync();
        await engine.EnqueueAsync("first");
        var held = engine.Faults.Hold(r => r.InsertsMessages);
        var begun = engine.EnqueueAsync("second");
        await held.Reached;
        var (fed, direct) = (target.FeedAsync(cursor, "a", "b"), engine.EnqueueAsync("third"));
        engine.Requests.Clear();
        held.Release();
        await begun;
        await direct;
        (await fed).ShouldBeOfType<FeedEnd.Taken>();
        var shared = engine.Requests.All.Where(r => r.InsertsMessages).ShouldHaveSingleItem();
        shared.Operations.Count(o => o.IsInsert).ShouldBe(2);
        shared.Operations[0].RowKey.ShouldBe(Target.CursorKey);
        (await engine.CountsAsync()).Ready.ShouldBe(5);
    }

    [Fact]
    public async Task When_somebody_has_moved_the_cursor_the_feed_is_dropped_and_messages_of_callers_are_written()
    {
        var engine = await StartWithQueueAsync();
        var target = await Target.OfAsync(engine);
        var cursor = await target.PutCursorAsync();
        (await target.FeedAsync(cursor, "a")).ShouldBeOfType<FeedEnd.Taken>();
        var held = engine.Faults.Hold(r => r.InsertsMessages);
        var begun = engine.EnqueueAsync("direct");
        await held.Reached;
        var (late, other, direct) = (
            target.FeedAsync(cursor, "a again"),
            target.FeedAsync(await target.PutCursorAsync(FeedCursor.KeyOf(2, 0)), "b"),
            engine.EnqueueAsync("c")
        );
        held.Release();
        await begun;
        await direct;
        (await late).ShouldBeOfType<FeedEnd.Passed>();
        (await other).ShouldBeOfType<FeedEnd.Taken>();
        (await engine.DequeueEverythingAsync()).Select(m => m.Text()).ShouldBe(["a", "direct", "b", "c"], ignoreOrder: true);
    }

    [Theory]
    [InlineData(QueueType.Standard)]
    [InlineData(QueueType.Fifo)]
    public async Task Of_two_processes_that_race_for_a_cursor_each_record_is_inserted_by_one(QueueType type)
    {
        const int Records = 40;
        var engines = new[] { await StartAsync(type), Start() };
        engines[1].Queue = engines[0].Queue;
        await (await Target.OfAsync(engines[0])).PutCursorAsync();
        await Task.WhenAll(engines.Select(ForwardAsync));
        (await engines[0].DequeueEverythingAsync())
            .Select(m => int.Parse(m.Text(), null))
            .ShouldBe(Enumerable.Range(0, Records), ignoreOrder: type == QueueType.Standard);

        async Task ForwardAsync(TestEngine engine)
        {
            var target = await Target.OfAsync(engine);
            while (await target.CursorAsync() is { Next: < Records } cursor)
                await target.FeedAsync(cursor, [Target.Message($"{cursor.Next}", group: type == QueueType.Fifo ? "g" : null)]);
        }
    }

    [Theory]
    [InlineData(QueueType.Standard)]
    [InlineData(QueueType.Fifo)]
    public async Task A_feed_whose_answer_was_lost_is_there_once_though_others_have_had_its_messages(QueueType type)
    {
        var (engine, other) = (await StartAsync(type), Start());
        other.Queue = engine.Queue;
        await other.StatusAsync();
        var target = await Target.OfAsync(engine);
        var cursor = await target.PutCursorAsync();
        engine.Faults.LoseAnswer(r => r.InsertsMessages);
        var look = engine.Faults.Hold(r => r.ReadsMessageRow);
        var fed = target.FeedAsync(cursor, [Target.Message("a", group: "g")]);
        await look.Reached;
        (await other.DequeueAsync(delete: true)).ShouldHaveSingleItem();
        look.Release();
        (await fed).ShouldBeOfType<FeedEnd.Taken>();
        (await target.CursorAsync()).Next.ShouldBe(1);
        (await engine.DequeueAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(QueueType.Standard)]
    [InlineData(QueueType.Fifo)]
    public async Task A_feed_that_got_lost_on_its_way_is_sent_again(QueueType type)
    {
        var engine = await StartAsync(type);
        var target = await Target.OfAsync(engine);
        var cursor = await target.PutCursorAsync();
        var lost = engine.Faults.LoseRequest(r => r.InsertsMessages, 3);
        (await target.FeedAsync(cursor, [Target.Message("a", group: "g")])).ShouldBeOfType<FeedEnd.Taken>();
        lost.Count.ShouldBe(3);
        (await engine.DequeueEverythingAsync()).ShouldHaveSingleItem().Text().ShouldBe("a");
    }

    [Theory]
    [InlineData(QueueType.Standard)]
    [InlineData(QueueType.Fifo)]
    public async Task Of_a_feed_that_arrives_after_it_was_sent_again_only_one_is_there(QueueType type)
    {
        var engine = await StartAsync(type);
        var target = await Target.OfAsync(engine);
        var cursor = await target.PutCursorAsync();
        var late = engine.Faults.Delay(r => r.InsertsMessages);
        (await target.FeedAsync(cursor, [Target.Message("a", group: "g")])).ShouldBeOfType<FeedEnd.Taken>();
        (await late.ArriveAsync()).ShouldContain("412");
        (await engine.DequeueEverythingAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_feed_that_arrives_while_it_is_sent_again_is_there_once()
    {
        for (var i = 0; i < 10; i++)
        {
            var engine = await StartAsync(QueueType.Standard, $"orders-{i}");
            var target = await Target.OfAsync(engine);
            var cursor = await target.PutCursorAsync();
            engine.Faults.Overtake(r => r.InsertsMessages);
            (await target.FeedAsync(cursor, "a")).ShouldNotBeOfType<FeedEnd.Failed>();
            await engine.Faults.AllArrivedAsync();
            (await target.CursorAsync()).Next.ShouldBe(1);
            (await engine.DequeueEverythingAsync()).ShouldHaveSingleItem();
        }
    }

    [Fact]
    public async Task The_callers_of_a_transaction_that_got_lost_are_told_so_and_its_feed_is_sent_again_without_them()
    {
        var engine = await StartWithQueueAsync();
        var target = await Target.OfAsync(engine);
        var cursor = await target.PutCursorAsync();
        var held = engine.Faults.Hold(r => r.InsertsMessages);
        var begun = engine.EnqueueAsync("first");
        await held.Reached;
        var late = engine.Faults.Delay(r => r.InsertsMessages);
        var (fed, direct) = (target.FeedAsync(cursor, "a"), engine.TryEnqueueAsync("direct"));
        held.Release();
        await begun;
        (await direct).Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
        (await fed).ShouldBeOfType<FeedEnd.Taken>();
        (await late.ArriveAsync()).ShouldContain("412");
        (await engine.DequeueEverythingAsync()).Select(m => m.Text()).ShouldBe(["first", "a"], ignoreOrder: true);
    }

    [Fact]
    public async Task Throttling_delays_a_feed_and_does_not_refuse_it()
    {
        var engine = await StartWithQueueAsync();
        var target = await Target.OfAsync(engine);
        var cursor = await target.PutCursorAsync();
        engine.Faults.Throttle(r => r.InsertsMessages);
        (await target.FeedAsync(cursor, "a")).ShouldBeOfType<FeedEnd.Taken>();
        (await engine.DequeueEverythingAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_feed_that_cannot_be_sent_has_failed_and_the_cursor_tells_where_to_go_on()
    {
        var engine = await StartWithQueueAsync();
        var target = await Target.OfAsync(engine);
        var cursor = await target.PutCursorAsync();
        engine.Faults.Refuse(r => r.InsertsMessages);
        (await target.FeedAsync(cursor, "a")).ShouldBeOfType<FeedEnd.Failed>().Failure.ShouldBeOfType<Failure.StorageUnavailable>();
        (await target.CursorAsync()).ShouldBe(cursor);
        (await target.FeedAsync(cursor, "a")).ShouldBeOfType<FeedEnd.Taken>();
        (await engine.DequeueEverythingAsync()).ShouldHaveSingleItem();
    }

    private async Task<TestEngine> StartAsync(QueueType type, string name = "orders")
    {
        var engine = Start();
        engine.Queue = TestEngine.Name(type == QueueType.Fifo ? name + ".fifo" : name);
        await engine.PutQueueAsync(new QueueSettingsChange { Type = type });
        return engine;
    }
}

using FuncQueue.Engine.Shards;
using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Topics.Forwarding;

/// <summary>What is fed to a queue is delivered as what callers enqueue, and leaves them room.</summary>
public sealed class FeedDeliveryTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    [Fact]
    public async Task A_receiver_who_waits_gets_a_fed_message_with_the_write_that_inserts_it()
    {
        var engine = await StartWithQueueAsync();
        var target = await Target.OfAsync(engine);
        var cursor = await target.PutCursorAsync();
        await engine.DequeueAsync();
        var waiting = engine.DequeueAsync(wait: TimeSpan.FromSeconds(20));
        engine.Requests.Clear();
        await target.FeedAsync(cursor, "a");
        var message = (await waiting).ShouldHaveSingleItem();
        (await engine.AckAsync(message)).ShouldBe(SettleStatus.Ok);
        engine.Requests.CountOf(r => r.WritesQueue).ShouldBe(2);
        (await engine.CountsAsync()).ShouldBe(default);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_receiver_gets_a_message_whose_answer_was_lost_once_it_is_known_to_be_there(bool arrives)
    {
        var engine = await StartWithQueueAsync();
        var target = await Target.OfAsync(engine);
        var cursor = await target.PutCursorAsync();
        await engine.DequeueAsync();
        var waiting = engine.DequeueAsync(wait: TimeSpan.FromSeconds(20));
        var fault = arrives ? engine.Faults.LoseAnswer(r => r.InsertsMessages) : engine.Faults.LoseRequest(r => r.InsertsMessages);
        (await target.FeedAsync(cursor, "a")).ShouldBeOfType<FeedEnd.Taken>();
        fault.Count.ShouldBe(1);
        (await engine.AckAsync((await waiting).ShouldHaveSingleItem())).ShouldBe(SettleStatus.Ok);
        (await engine.CountsAsync()).ShouldBe(default);
    }

    [Fact]
    public async Task A_message_enters_a_paused_queue_and_waits_there_until_it_is_active()
    {
        var engine = await StartWithQueueAsync(new QueueSettingsChange { State = QueueState.Paused });
        var target = await Target.OfAsync(engine);
        (await target.FeedAsync(await target.PutCursorAsync(), "a")).ShouldBeOfType<FeedEnd.Taken>();
        (await engine.CountsAsync()).ShouldBe(new MessageCounts(1, 0, 0, 0));
        (await engine.TryDequeueAsync()).Failure.ShouldBe(new Failure.QueuePaused(engine.Queue));
        await engine.PutQueueAsync(new QueueSettingsChange { State = QueueState.Active });
        (await engine.DequeueOneAsync()).Text().ShouldBe("a");
    }

    [Fact]
    public async Task Priority_and_delay_work_as_for_messages_of_callers()
    {
        var engine = await StartWithQueueAsync();
        var target = await Target.OfAsync(engine);
        var cursor = await target.PutCursorAsync();
        await target.FeedAsync(
            cursor,
            [Target.Message("low"), Target.Message("later", delay: TimeSpan.FromMinutes(1)), Target.Message("high", priority: 9)]
        );
        (await engine.DequeueEverythingAsync()).Select(m => m.Text()).ShouldBe(["high", "low"]);
        Time.Advance(TimeSpan.FromMinutes(1));
        (await engine.DequeueAsync(10)).Select(m => m.Text()).ShouldContain("later");
    }

    [Fact]
    public async Task A_full_feed_leaves_callers_room_in_its_transaction()
    {
        var engine = await StartWithQueueAsync(options: Options with { MaxMessagesPerRow = 1 });
        var target = await Target.OfAsync(engine);
        var cursors = new[] { await target.PutCursorAsync(), await target.PutCursorAsync(FeedCursor.KeyOf(2, 0)) };
        var held = engine.Faults.Hold(r => r.InsertsMessages);
        var begun = engine.EnqueueAsync("first");
        await held.Reached;
        var fed = cursors
            .Select(c => target.FeedAsync(c, [.. Enumerable.Range(0, 59).Select(i => Target.Message($"fed {i}"))], inRow: 1))
            .ToList();
        var direct = Enumerable.Range(0, 60).Select(i => engine.EnqueueAsync($"direct {i}")).ToList();
        engine.Requests.Clear();
        held.Release();
        await begun;
        foreach (var feed in fed)
            (await feed).ShouldBeOfType<FeedEnd.Taken>();
        await Task.WhenAll(direct);
        var inserts = engine.Requests.All.Where(r => r.InsertsMessages).ToList();
        inserts.Count.ShouldBe(2);
        inserts.ShouldAllBe(r => r.Operations.Count <= 100 && r.Operations.Count(o => o.IsOn("f")) == 1);
        inserts[0].Operations.Count.ShouldBeGreaterThan(90);
        (await engine.CountsAsync()).Ready.ShouldBe(1 + (2 * 59) + 60);
    }

    [Fact]
    public async Task Long_messages_of_callers_are_cut_to_fit_beside_a_feed()
    {
        var engine = await StartWithQueueAsync();
        var target = await Target.OfAsync(engine);
        var cursor = await target.PutCursorAsync();
        var text = new string('x', 30_000);
        var held = engine.Faults.Hold(r => r.InsertsMessages);
        var begun = engine.EnqueueAsync("first");
        await held.Reached;
        var fed = target.FeedAsync(cursor, [.. Enumerable.Range(0, 33).Select(_ => Target.Message(text))]);
        var direct = Enumerable.Range(0, 80).Select(_ => engine.EnqueueAsync(text)).ToList();
        engine.Requests.Clear();
        held.Release();
        await begun;
        await Task.WhenAll(direct);
        (await fed).ShouldBeOfType<FeedEnd.Taken>();
        (await engine.CountsAsync()).Ready.ShouldBe(1 + 33 + 80);
        engine.Requests.CountOf(r => r.InsertsMessages).ShouldBe(2);
    }

    [Fact]
    public void A_feed_of_more_than_it_carries_is_refused_when_it_is_made()
    {
        var cursor = new FeedCursor
        {
            Key = Target.CursorKey,
            Next = 0,
            Judge = 0,
            Writer = Guid.Empty,
        };
        Should.NotThrow(() => new Feed(cursor, 1, [.. Enumerable.Range(0, 59).Select(i => Target.Message($"{i}"))], inRow: 1));
        Should.Throw<ArgumentException>(() =>
            new Feed(cursor, 1, [.. Enumerable.Range(0, 60).Select(i => Target.Message($"{i}"))], inRow: 1)
        );
        Should.Throw<ArgumentException>(() =>
            new Feed(cursor, 1, [.. Enumerable.Range(0, 36).Select(_ => Target.Message(new string('x', 30_000)))], inRow: 64)
        );
    }
}

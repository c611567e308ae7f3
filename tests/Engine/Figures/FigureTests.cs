using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Figures;

/// <summary>Counts by the last sweep and this process's changes since: what they cost, and what they tell.</summary>
public sealed class FigureTests(AzuriteFixture azurite) : FigureTest(azurite)
{
    [Theory]
    [InlineData(QueueType.Standard)]
    [InlineData(QueueType.Fifo)]
    public async Task A_process_knows_its_own_changes_without_a_sweep(QueueType type)
    {
        var engine = Start();
        engine.Queue = TestEngine.Name(type == QueueType.Fifo ? "orders.fifo" : "orders");
        await engine.PutQueueAsync(
            new QueueSettingsChange
            {
                Type = type,
                Shards = 2,
                MaxDeliveryCount = 3,
            }
        );
        await ExpectTruthAsync(engine);
        for (var i = 0; i < 8; i++)
            await engine.EnqueueAsync(Message(type, i));
        await ExpectTruthAsync(engine);
        var messages = new List<DeliveredMessage>();
        while (messages.Count < 6)
            messages.AddRange(await engine.DequeueAsync(6 - messages.Count));
        await ExpectTruthAsync(engine);
        await engine.AckAsync(messages[0]);
        await ExpectTruthAsync(engine);
        await engine.NackAsync(messages[1], TimeSpan.Zero);
        await ExpectTruthAsync(engine);
        await engine.NackAsync(messages[2], TimeSpan.FromHours(1));
        await ExpectTruthAsync(engine);
        await engine.DeadLetterAsync(messages[3]);
        await engine.DeadLetterAsync(messages[4]);
        await ExpectTruthAsync(engine);
        await engine.ExtendAsync(messages[5], TimeSpan.FromHours(2));
        await ExpectTruthAsync(engine);
        var dead = await engine.DequeueOneAsync(source: MessageSource.DeadLetters);
        await ExpectTruthAsync(engine);
        await engine.AckAsync(dead, MessageSource.DeadLetters);
        await ExpectTruthAsync(engine);
        (await engine.Engine.RedriveAsync(engine.Queue, new RedriveRequest { MaxMessages = 1 }, Cancellation)).Value.Moved.ShouldBe(1);
        await ExpectTruthAsync(engine);
        (await engine.DequeueAsync(delete: true)).ShouldHaveSingleItem();
        await ExpectTruthAsync(engine);
        if (type == QueueType.Standard)
        {
            var later = await engine.EnqueueAsync(Message(type, 0) with { Delay = TimeSpan.FromHours(3) });
            await ExpectTruthAsync(engine);
            (await engine.Engine.CancelScheduledAsync(engine.Queue, later, Cancellation)).Value.ShouldBeTrue();
            await ExpectTruthAsync(engine);
        }

        (await engine.Engine.PurgeAsync(engine.Queue, MessageSource.Live, Cancellation)).Value.Complete.ShouldBeTrue();
        await ExpectTruthAsync(engine);
        CountsOf(await FiguresAsync(engine)).ShouldBe(default);
    }

    [Fact]
    public async Task It_knows_what_operators_have_changed_by_it_too()
    {
        var engine = await StartWithQueueAsync();
        var ids = await engine.EnqueueAllAsync("a", "b", "c", "d", "e");
        var messages = await engine.DequeueAsync(4);
        await ExpectTruthAsync(engine);
        (await engine.SettleAsync(new Settlement.Release(), messages[0])).Status.ShouldBe(SettleStatus.Ok);
        await ExpectTruthAsync(engine);
        (await engine.RemoveAsync(ids[^1])).ShouldBeNull();
        await ExpectTruthAsync(engine);
        foreach (var message in messages.Skip(1))
            await engine.DeadLetterAsync(message);
        await ExpectTruthAsync(engine);
        foreach (var edited in new[] { false, true })
        {
            var resubmission = new Resubmission { Body = edited ? new byte[] { 1 } : null };
            var id = messages[edited ? 1 : 2].Id();
            (await engine.Operations.ResubmitAsync(engine.Queue, id, resubmission, Cancellation)).Failure.ShouldBeNull();
            await ExpectTruthAsync(engine);
        }

        (await engine.RemoveAsync(messages[3].Id(), MessageSource.DeadLetters)).ShouldBeNull();
        await ExpectTruthAsync(engine);
        CountsOf(await FiguresAsync(engine)).ShouldBe(new MessageCounts(3, 0, 0, 0));
    }

    [Fact]
    public async Task A_message_that_is_given_to_a_waiting_consumer_as_it_is_stored_is_leased()
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAsync("first");
        await engine.AckAsync(await engine.DequeueOneAsync());
        (await engine.DequeueAsync()).ShouldBeEmpty();
        Step();
        var waiting = engine.DequeueAsync(wait: TimeSpan.FromSeconds(20));
        await engine.EnqueueAsync("second");
        (await waiting).ShouldHaveSingleItem();
        CountsOf(await FiguresAsync(engine)).ShouldBe(new MessageCounts(0, 1, 0, 0));
    }

    [Fact]
    public async Task What_time_has_made_of_messages_is_told_by_the_next_sweep_at_the_latest()
    {
        var engine = await StartWithQueueAsync(
            new QueueSettingsChange { MaxDeliveryCount = 1, MessageTimeToLive = TimeSpan.FromMinutes(2) }
        );
        await engine.EnqueueAllAsync("a", "b", "c");
        await engine.DequeueOneAsync(TimeSpan.FromSeconds(30));
        for (var i = 0; i < 6; i++)
        {
            Time.Advance(TimeSpan.FromMinutes(1));
            await engine.SweepAsync(Messages);
            await ExpectTruthAsync(engine);
        }
    }

    [Fact]
    public async Task Every_process_tells_what_was_counted_and_the_truth_after_the_next_sweep()
    {
        var (producer, consumer, sweeper, observer) = (
            await StartWithQueueAsync(new QueueSettingsChange { Shards = 3 }),
            Start(),
            Start(),
            Start()
        );
        await producer.EnqueueInEveryShardAsync(3);
        Time.Advance(TimeSpan.FromMinutes(1));
        await sweeper.SweepAsync(Messages);
        CountsOf(await FiguresAsync(observer)).ShouldBe(new MessageCounts(3, 0, 0, 0));
        Step();
        var messages = await consumer.DequeueEverythingAsync(TimeSpan.FromHours(1));
        Step();
        // It knows nothing of the others' changes; who made them does.
        CountsOf(await FiguresAsync(observer)).ShouldBe(new MessageCounts(3, 0, 0, 0));
        CountsOf(await FiguresAsync(consumer)).ShouldBe(new MessageCounts(0, 3, 0, 0));
        Time.Advance(TimeSpan.FromMinutes(1));
        await sweeper.SweepAsync(Messages);
        foreach (var engine in new[] { producer, consumer, sweeper, observer })
            CountsOf(await FiguresAsync(engine)).ShouldBe(new MessageCounts(0, 3, 0, 0));
        await consumer.AckAsync(messages[0]);
        Time.Advance(TimeSpan.FromMinutes(1));
        await sweeper.SweepAsync(Messages);
        foreach (var engine in new[] { producer, consumer, sweeper, observer })
            CountsOf(await FiguresAsync(engine)).ShouldBe(new MessageCounts(0, 2, 0, 0));
    }

    [Fact]
    public async Task Leased_messages_are_not_forgotten_however_long_the_queue_is_quiet()
    {
        var (engine, sweeper, observer) = (
            await StartWithQueueAsync(new QueueSettingsChange { MessageTimeToLive = null }),
            Start(),
            Start()
        );
        await engine.EnqueueAllAsync("a", "b", "c");
        await engine.DequeueAsync(2, TimeSpan.FromHours(10));
        for (var minute = 0; minute < 30; minute++)
        {
            Time.Advance(TimeSpan.FromMinutes(1));
            await sweeper.SweepAsync();
        }

        Time.Advance(TimeSpan.FromHours(9));
        await sweeper.SweepAsync(everything: true);
        var figures = await FiguresAsync(observer);
        (figures.Ready, figures.Leased, figures.OldestMessageAge).ShouldBe((1, 2, TimeSpan.FromHours(9.5)));
        // When the leases have ended, they wait.
        Time.Advance(TimeSpan.FromHours(1));
        await sweeper.SweepAsync();
        figures = await FiguresAsync(observer);
        (figures.Ready, figures.Leased).ShouldBe((3, 0));
    }

    [Fact]
    public async Task Scheduled_messages_are_due_at_their_instant_though_no_sweep_comes_by()
    {
        var (engine, sweeper, observer) = (await StartWithQueueAsync(), Start(), Start());
        for (var i = 1; i <= 3; i++)
            await engine.EnqueueAsync(TestEngine.Text("x") with { Delay = TimeSpan.FromHours(i) });
        for (var minute = 0; minute < 10; minute++)
        {
            Time.Advance(TimeSpan.FromMinutes(1));
            await sweeper.SweepAsync();
        }

        for (var due = 0; due <= 3; due++)
        {
            var figures = await FiguresAsync(observer);
            (figures.Ready, figures.Due, figures.Scheduled).ShouldBe((0, due, 3 - due));
            CountsOf(figures).ShouldBe(await observer.CountsAsync());
            Time.Advance(TimeSpan.FromHours(1));
        }
    }

    [Fact]
    public async Task Of_many_scheduled_messages_a_quiet_queue_is_counted_again_when_more_come_due_than_were_listed()
    {
        var (engine, sweeper, observer) = (
            await StartWithQueueAsync(new QueueSettingsChange { MessageTimeToLive = null }),
            Start(),
            Start()
        );
        await engine.EnqueueAllAsync(
            Enumerable.Range(1, 100).Select(i => TestEngine.Text("x") with { Delay = TimeSpan.FromHours(1) + TimeSpan.FromMinutes(i) })
        );
        Step();
        for (var minute = 1; minute <= 180; minute++)
        {
            Time.Advance(TimeSpan.FromMinutes(1));
            await sweeper.SweepAsync(Messages);
            if (minute % 7 == 0)
                CountsOf(await FiguresAsync(observer)).Ready.ShouldBe(Math.Clamp(minute - 60, 0, 100));
        }
    }

    private async Task ExpectTruthAsync(TestEngine engine)
    {
        CountsOf(await FiguresAsync(engine)).ShouldBe(await engine.CountsAsync());
        Step();
    }

    private static NewMessage Message(QueueType type, int number) =>
        TestEngine.Text($"{number}") with
        {
            GroupId = type == QueueType.Fifo ? $"group {number}" : null,
        };
}

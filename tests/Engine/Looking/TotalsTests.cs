using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Looking;

/// <summary>What was done in a queue since its creation: by all processes, at no request of its own.</summary>
public sealed class TotalsTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    [Fact]
    public async Task Everything_done_is_counted_once()
    {
        var engine = await StartWithQueueAsync(
            new QueueSettingsChange { MaxDeliveryCount = 2, MessageTimeToLive = TimeSpan.FromSeconds(1000) }
        );
        (await engine.StatusAsync()).Totals.ShouldBe(default);
        for (var i = 0; i < 5; i++)
            await engine.EnqueueAsync($"{i}");
        await engine.AckAsync(await engine.DequeueOneAsync());
        await engine.DeadLetterAsync(await engine.DequeueOneAsync());
        await engine.NackAsync(await engine.DequeueOneAsync(), TimeSpan.Zero);
        Time.Advance(TimeSpan.FromSeconds(1001));
        (await engine.DequeueAsync()).ShouldBeEmpty();
        (await engine.DequeueAsync(source: MessageSource.DeadLetters)).ShouldHaveSingleItem();
        (await engine.StatusAsync()).Totals.ShouldBe(
            new QueueTotals(Enqueued: 5, Delivered: 3, Acked: 1, Nacked: 1, Expired: 3, DeadLettered: 1)
        );
    }

    [Fact]
    public async Task Other_processes_see_what_one_has_done_once_it_marks_the_shard_again_or_has_ended()
    {
        var (engine, observer) = (await StartWithQueueAsync(), Start());
        await engine.EnqueueAsync("a");
        Time.Advance(Options.ActivityInterval * 2);
        await engine.EnqueueAsync("b");
        (await observer.StatusAsync()).Totals.Enqueued.ShouldBe(1);
        await engine.Engine.DisposeAsync();
        (await observer.StatusAsync()).Totals.Enqueued.ShouldBe(2);
    }

    [Fact]
    public async Task Half_a_minute_after_the_last_thing_that_a_process_did_everybody_sees_it_and_then_nothing_more_is_written()
    {
        var (engine, observer) = (await StartWithQueueAsync(options: Options with { SaveTotalsAfter = TimeSpan.FromSeconds(30) }), Start());
        await engine.EnqueueAllAsync("a", "b");
        engine.Requests.Clear();
        await Eventually.HoldsAsync(
            "the process has written what it did",
            async () =>
            {
                Time.Advance(TimeSpan.FromSeconds(30));
                return (await observer.StatusAsync()).Totals.Enqueued == 2;
            }
        );
        engine.Requests.CountOf(r => r.IsTableWrite).ShouldBe(1);
        for (var i = 0; i < 20; i++)
        {
            Time.Advance(TimeSpan.FromMinutes(1));
            await observer.StatusAsync();
        }

        engine.Requests.CountOf(r => r.IsTableWrite).ShouldBe(1);
        await engine.EnqueueAsync("c");
        await Eventually.HoldsAsync(
            "it does so again",
            async () =>
            {
                Time.Advance(TimeSpan.FromSeconds(30));
                return (await observer.StatusAsync()).Totals.Enqueued == 3;
            }
        );
    }

    [Fact]
    public async Task Rows_of_processes_that_have_ended_are_added_up_and_what_is_counted_stays()
    {
        var observer = await StartWithQueueAsync();
        for (var i = 1; i <= 20; i++)
        {
            var engine = Start();
            await engine.EnqueueAsync("x");
            await engine.Engine.DisposeAsync();
        }

        // A process that lives on leaves its first row to be added up, and goes on in another.
        await observer.EnqueueAsync("y");
        Time.Advance(TimeSpan.FromDays(365));
        await observer.EnqueueAsync("y");
        for (var look = 0; look < 3; look++)
        {
            (await observer.StatusAsync()).Totals.Enqueued.ShouldBe(22);
            (await Start().StatusAsync()).Totals.Enqueued.ShouldBeInRange(20, 22);
        }

        Time.Advance(TimeSpan.FromDays(365));
        await observer.EnqueueAsync("z");
        (await observer.StatusAsync()).Totals.Enqueued.ShouldBe(23);
    }

    [Fact]
    public async Task A_queue_made_anew_begins_at_nothing()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        await engine.EnqueueAsync("a");
        await other.EnqueueAsync("a");
        await engine.Engine.DeleteQueueAsync(engine.Queue, Cancellation);
        await engine.PutQueueAsync(new QueueSettingsChange());
        (await engine.StatusAsync()).Totals.ShouldBe(default);
        await engine.EnqueueAsync("b");
        (await engine.StatusAsync()).Totals.Enqueued.ShouldBe(1);
    }
}

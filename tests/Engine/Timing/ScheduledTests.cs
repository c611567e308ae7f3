using FuncQueue.Engine.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace FuncQueue.Engine.Tests.Timing;

/// <summary>Delays: never early, and not forgotten.</summary>
public sealed class ScheduledTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    [Fact]
    public async Task A_delayed_message_is_scheduled_until_its_delay_has_passed()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        var id = await engine.EnqueueAsync(TestEngine.Text("a") with { Delay = TimeSpan.FromSeconds(20) });
        (await engine.FindAsync(id)).ShouldSatisfyAllConditions(
            m => m.Status.ShouldBe(MessageStatus.Scheduled),
            m => m.VisibleAt.ShouldBe(Time.GetUtcNow() + TimeSpan.FromSeconds(20))
        );
        (await engine.CountsAsync()).ShouldBe(new MessageCounts(0, 0, 1, 0));
        Time.Advance(TimeSpan.FromSeconds(20) - Tick);
        (await engine.DequeueAsync()).ShouldBeEmpty();
        (await other.DequeueAsync()).ShouldBeEmpty();
        Time.Advance(Tick);
        var message = await other.DequeueOneAsync();
        message.Id().ShouldBe(id);
        (await engine.AckAsync(message)).ShouldBe(SettleStatus.Ok);
        (await engine.CountsAsync()).ShouldBe(default);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(9999)]
    public async Task A_message_due_at_any_tick_is_found_at_that_tick(int ticks)
    {
        var time = new FakeTimeProvider(Time.GetUtcNow() + TimeSpan.FromTicks(ticks));
        var (engine, other) = (await StartWithQueueAsync(time: time), Start(time: time));
        await engine.EnqueueAsync(TestEngine.Text("a") with { Delay = TimeSpan.FromSeconds(20) });
        time.Advance(TimeSpan.FromSeconds(20) - Tick);
        (await other.DequeueAsync()).ShouldBeEmpty();
        time.Advance(Tick);
        (await other.DequeueOneAsync()).Text().ShouldBe("a");
    }

    [Fact]
    public async Task The_last_instant_that_can_be_asked_for_is_kept_in_the_row_and_in_the_id()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        var last = Limits.EndOfSchedule - Tick;
        var id = await engine.EnqueueAsync(TestEngine.Text("a") with { EnqueueAt = last });
        var found = await other.FindAsync(id);
        found.VisibleAt.ShouldBe(last);
        found.Text().ShouldBe("a");
        (await other.CountsAsync()).ShouldBe(new MessageCounts(0, 0, 1, 0));
    }

    [Fact]
    public async Task A_message_enqueued_for_an_instant_is_ready_then_and_one_for_the_past_at_once()
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAllAsync([
            TestEngine.Text("past") with
            {
                EnqueueAt = Time.GetUtcNow() - TimeSpan.FromDays(1),
            },
            TestEngine.Text("future") with
            {
                EnqueueAt = (Time.GetUtcNow() + TimeSpan.FromHours(1)).ToOffset(TimeSpan.FromHours(5)),
            },
        ]);
        (await engine.DequeueEverythingAsync()).ShouldHaveSingleItem().Text().ShouldBe("past");
        Time.Advance(TimeSpan.FromHours(1));
        (await engine.DequeueEverythingAsync()).ShouldContain(m => m.Text() == "future");
    }

    [Fact]
    public async Task The_delay_of_the_queue_counts_for_messages_that_ask_for_none()
    {
        var engine = await StartWithQueueAsync(new QueueSettingsChange { Delay = TimeSpan.FromMinutes(1) });
        await engine.EnqueueAllAsync([
            TestEngine.Text("queue's"),
            TestEngine.Text("none") with
            {
                Delay = TimeSpan.Zero,
            },
            TestEngine.Text("instant") with
            {
                EnqueueAt = Time.GetUtcNow(),
            },
            TestEngine.Text("own") with
            {
                Delay = TimeSpan.FromSeconds(10),
            },
        ]);
        (await engine.DequeueEverythingAsync(TimeSpan.FromHours(1))).Select(m => m.Text()).ShouldBe(["none", "instant"], ignoreOrder: true);
        Time.Advance(TimeSpan.FromSeconds(10));
        (await engine.DequeueEverythingAsync(TimeSpan.FromHours(1))).ShouldHaveSingleItem().Text().ShouldBe("own");
        Time.Advance(TimeSpan.FromSeconds(50));
        (await engine.DequeueEverythingAsync(TimeSpan.FromHours(1))).ShouldHaveSingleItem().Text().ShouldBe("queue's");
    }

    [Fact]
    public async Task Many_messages_of_many_due_instants_all_come_in_their_time()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        await engine.EnqueueAllAsync(
            Enumerable.Range(0, 100).Select(i => TestEngine.Text($"{i}") with { Delay = TimeSpan.FromSeconds(i), Priority = i % 10 })
        );
        (await engine.CountsAsync()).ShouldBe(new MessageCounts(1, 0, 99, 0));
        for (var ten = 0; ten < 10; ten++)
        {
            Time.Advance(TimeSpan.FromSeconds(ten == 0 ? 9 : 10));
            (await other.DequeueEverythingAsync(TimeSpan.FromHours(1)))
                .Select(m => int.Parse(m.Text(), null))
                .Order()
                .ShouldBe(Enumerable.Range(ten * 10, 10));
        }
    }

    [Fact]
    public async Task A_scheduled_message_can_be_far_away_and_of_a_payload()
    {
        var engine = await StartWithQueueAsync(new QueueSettingsChange { MessageTimeToLive = (TimeSpan?)null });
        var body = new byte[Limits.MaxInlineBodyBytes * 2];
        new Random(1).NextBytes(body);
        var id = await engine.EnqueueAsync(new NewMessage { Body = MessageBody.FromBytes(body), Delay = Limits.MaxDelay });
        Time.Advance(Limits.MaxDelay - Tick);
        (await engine.SweepAsync(everything: true)).PayloadsDeleted.ShouldBe(0);
        (await engine.DequeueAsync()).ShouldBeEmpty();
        Time.Advance(Tick);
        (await engine.DequeueOneAsync()).Id().ShouldBe(id);
        (await engine.ReadBodyAsync(id)).AsSpan().SequenceEqual(body).ShouldBeTrue();
    }
}

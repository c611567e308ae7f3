using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Waiting;

/// <summary>Receivers that wait.</summary>
public sealed class LongPollTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_waiting_receiver_is_woken_by_an_enqueue_of_its_own_or_of_another_process(bool byAnother)
    {
        var (engine, other) = (await StartWithQueueAsync(time: TimeProvider.System), Start(time: TimeProvider.System));
        for (var round = 0; round < 3; round++)
        {
            var waiting = await BeginAsync(engine);
            waiting.IsCompleted.ShouldBeFalse();
            var id = await (byAnother ? other : engine).EnqueueAsync("a");
            (await waiting).ShouldHaveSingleItem().Id().ShouldBe(id);
        }
    }

    [Fact]
    public async Task A_waiting_receiver_gets_a_message_of_its_own_process_though_time_stands_still()
    {
        var engine = await StartWithQueueAsync();
        var waiting = await BeginAsync(engine);
        var id = await engine.EnqueueAsync("a");
        (await waiting).ShouldHaveSingleItem().Id().ShouldBe(id);
    }

    [Theory]
    [InlineData("nack")]
    [InlineData("expiry")]
    [InlineData("delay")]
    [InlineData("redrive")]
    public async Task A_waiting_receiver_gets_what_becomes_ready_meanwhile(string how)
    {
        var (engine, other) = (await StartWithQueueAsync(time: TimeProvider.System), Start(time: TimeProvider.System));
        var id = await other.EnqueueAsync(TestEngine.Text("a") with { Delay = how == "delay" ? TimeSpan.FromSeconds(1) : null });
        var leased = how == "delay" ? null : await other.DequeueOneAsync(TimeSpan.FromSeconds(how == "expiry" ? 1 : 30));
        if (how == "redrive")
            await other.DeadLetterAsync(leased!);
        var waiting = await BeginAsync(engine);
        if (how == "nack")
            await other.NackAsync(leased!);
        else if (how == "redrive")
            await other.Engine.RedriveAsync(other.Queue, new RedriveRequest(), Cancellation);
        var message = (await waiting).ShouldHaveSingleItem().Message;
        (message.OriginalMessageId ?? message.MessageId).ShouldBe(id);
        message.DeliveryCount.ShouldBe(how is "delay" or "redrive" ? 1 : 2);
    }

    [Fact]
    public async Task At_its_deadline_a_receiver_is_told_that_there_is_nothing()
    {
        var engine = await StartWithQueueAsync();
        var waiting = await BeginAsync(engine);
        // Time passes in steps, as it does.
        for (var i = 0; i < 19; i++)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            waiting.IsCompleted.ShouldBeFalse();
        }

        await Eventually.HoldsAsync(
            "the receiver is answered",
            () =>
            {
                Time.Advance(TimeSpan.FromSeconds(1));
                return waiting.IsCompleted;
            }
        );
        (await waiting).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_another_process_enqueued_just_before_is_found_without_waiting()
    {
        var engines = new[] { await StartWithQueueAsync(new QueueSettingsChange { Shards = 2 }), Start(), Start() };
        for (var i = 0; i < 60; i++)
        {
            var (producer, consumer) = (engines[i % 3], engines[(i + 1 + (i % 2)) % 3]);
            if (i % 4 == 0)
                (await consumer.DequeueAsync()).ShouldBeEmpty();
            var id = await producer.EnqueueAsync(TestEngine.Text($"{i}") with { Priority = i % 3 });
            var message = await consumer.DequeueOneAsync();
            message.Id().ShouldBe(id);
            await consumer.AckAsync(message);
            Time.Advance(TimeSpan.FromMilliseconds(i));
        }
    }

    [Fact]
    public async Task Of_many_waiting_receivers_each_message_wakes_one()
    {
        var engines = new[] { await StartWithQueueAsync(time: TimeProvider.System), Start(time: TimeProvider.System) };
        var waiting = new List<Task<IReadOnlyList<DeliveredMessage>>>();
        for (var i = 0; i < 20; i++)
            waiting.Add(await BeginAsync(engines[i % 2]));
        var ids = new List<MessageId>();
        for (var i = 0; i < 20; i++)
            ids.Add(await engines[i % 2].EnqueueAsync($"{i}"));
        (await Task.WhenAll(waiting)).Select(m => m.ShouldHaveSingleItem().Id()).ShouldBe(ids, ignoreOrder: true);
    }

    [Fact]
    public async Task A_receiver_of_dead_letters_is_woken_by_a_dead_lettering()
    {
        var engine = await StartWithQueueAsync(time: TimeProvider.System);
        await engine.EnqueueAsync("a");
        var message = await engine.DequeueOneAsync();
        var waiting = await BeginAsync(engine, MessageSource.DeadLetters);
        await engine.DeadLetterAsync(message);
        (await waiting).ShouldHaveSingleItem().Id().ShouldBe(message.Id());
    }

    [Fact]
    public async Task Beyond_its_limit_of_waiting_receivers_a_process_is_overloaded()
    {
        var engine = await StartWithQueueAsync(options: Options with { MaxWaitingReceivers = 3 });
        var waiting = Enumerable.Range(0, 3).Select(_ => engine.DequeueAsync(wait: Limits.MaxWait)).ToList();
        await Eventually.HoldsAsync("the receivers look for messages", () => engine.Requests.CountOf(r => r.IsQuery) > 0);
        (await engine.TryDequeueAsync()).Failure.ShouldBeOfType<Failure.Overloaded>().RetryAfter.ShouldBeGreaterThan(TimeSpan.Zero);
        await engine.EnqueueAllAsync("a", "b", "c");
        await Task.WhenAll(waiting);
    }

    [Fact]
    public async Task Beyond_its_limit_of_waiting_messages_a_process_is_overloaded_and_takes_none()
    {
        var engine = await StartWithQueueAsync(options: Options with { MaxPendingEnqueues = 5 });
        await engine.EnqueueAsync("warm");
        var held = engine.Faults.Hold(r => r.InsertsMessages);
        var first = engine.TryEnqueueAsync("first");
        await held.Reached;
        var waiting = Enumerable.Range(0, 5).Select(i => engine.TryEnqueueAsync($"{i}")).ToList();
        (await engine.TryEnqueueAsync("one too many"))
            .Failure.ShouldBeOfType<Failure.Overloaded>()
            .RetryAfter.ShouldBeGreaterThan(TimeSpan.Zero);
        held.Release();
        (await Task.WhenAll(waiting.Prepend(first))).ShouldAllBe(o => o.Failure == null);
        (await engine.CountsAsync()).Ready.ShouldBe(7);
    }

    /// <summary>Begins to wait; returns when the process has looked for messages in vain.</summary>
    private static async Task<Task<IReadOnlyList<DeliveredMessage>>> BeginAsync(
        TestEngine engine,
        MessageSource source = MessageSource.Live
    )
    {
        engine.Requests.Clear();
        var waiting = engine.DequeueAsync(wait: Limits.MaxWait, source: source);
        await Eventually.HoldsAsync("the receiver looks for messages", () => engine.Requests.CountOf(r => r.IsQuery) > 0);
        return waiting;
    }
}

using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Queues;

/// <summary>A paused queue refuses producers or consumers, in every process within five seconds; all else goes on.</summary>
public sealed class QueueStateTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    [Theory]
    [InlineData(QueueState.Active, true, true)]
    [InlineData(QueueState.SendPaused, false, true)]
    [InlineData(QueueState.ReceivePaused, true, false)]
    [InlineData(QueueState.Paused, false, false)]
    public async Task Each_state_refuses_what_it_says_and_nothing_else(QueueState state, bool takes, bool gives)
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAllAsync("a", "b", "c", "d");
        var (acked, nacked, dead) = (await engine.DequeueOneAsync(), await engine.DequeueOneAsync(), await engine.DequeueOneAsync());
        (await engine.PutQueueAsync(new QueueSettingsChange { State = state })).Status.Queue.Settings.State.ShouldBe(state);
        var paused = new Failure.QueuePaused(engine.Queue);
        (await engine.TryEnqueueAsync("e")).Failure.ShouldBe(takes ? null : paused);
        var batch = await engine.Engine.EnqueueBatchAsync(engine.Queue, [TestEngine.Text("f")], Cancellation);
        batch.Failure.ShouldBe(takes ? null : paused);
        var received = await engine.TryDequeueAsync();
        received.Failure.ShouldBe(gives ? null : paused);
        // Settling, upkeep and dead letters.
        (await engine.AckAsync(acked)).ShouldBe(SettleStatus.Ok);
        (await engine.ExtendAsync(nacked, TimeSpan.FromSeconds(60))).Status.ShouldBe(SettleStatus.Ok);
        (await engine.NackAsync(nacked, TimeSpan.Zero)).ShouldBe(SettleStatus.Ok);
        (await engine.DeadLetterAsync(dead)).ShouldBe(SettleStatus.Ok);
        var letter = await engine.DequeueOneAsync(source: MessageSource.DeadLetters);
        (await engine.NackAsync(letter, TimeSpan.Zero, source: MessageSource.DeadLetters)).ShouldBe(SettleStatus.Ok);
        (await engine.Engine.RedriveAsync(engine.Queue, new RedriveRequest(), Cancellation)).Value.Moved.ShouldBe(1);
        await engine.PutQueueAsync(new QueueSettingsChange { State = QueueState.Active });
        // All that was stored is there: what was acked is not, nor what was received above.
        (await engine.DequeueEverythingAsync()).Count.ShouldBe(3 + (takes ? 2 : 0) - (gives ? 1 : 0));
    }

    [Fact]
    public async Task Another_process_refuses_as_soon_as_it_reads_the_settings_again()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        await other.EnqueueAsync("a");
        await engine.PutQueueAsync(new QueueSettingsChange { State = QueueState.Paused });
        Time.Advance(Options.SettingsCacheTime);
        (await other.TryEnqueueAsync("b")).Failure.ShouldBeOfType<Failure.QueuePaused>();
        (await other.TryDequeueAsync()).Failure.ShouldBeOfType<Failure.QueuePaused>();
        await engine.PutQueueAsync(new QueueSettingsChange { State = QueueState.Active });
        Time.Advance(Options.SettingsCacheTime);
        (await other.DequeueOneAsync()).Text().ShouldBe("a");
    }

    [Fact]
    public async Task Receivers_that_wait_where_the_queue_is_paused_are_told_at_once()
    {
        var engine = await StartWithQueueAsync();
        var waiting = Enumerable
            .Range(0, 3)
            .Select(_ => engine.TryDequeueAsync(new DequeueRequest { Wait = TimeSpan.FromSeconds(20) }))
            .ToList();
        await engine.PutQueueAsync(new QueueSettingsChange { State = QueueState.ReceivePaused });
        foreach (var receiver in waiting)
            (await receiver).Failure.ShouldBeOfType<Failure.QueuePaused>();
    }

    [Theory]
    [InlineData(QueueType.Standard)]
    [InlineData(QueueType.Fifo)]
    public async Task A_receiver_that_waits_in_another_process_is_given_nothing_later_than_five_seconds_after_the_pause(QueueType type)
    {
        var (engine, other) = (await StartWithQueueAsync(new QueueSettingsChange { Type = type }), Start());
        var waiting = other.TryDequeueAsync(new DequeueRequest { Wait = TimeSpan.FromSeconds(20) });
        await Eventually.HoldsAsync("the receiver waits", () => other.Engine.Directory.All.Any(queue => queue.Live.Receivers.Count == 1));
        await engine.PutQueueAsync(new QueueSettingsChange { State = QueueState.ReceivePaused });
        Time.Advance(Options.SettingsCacheTime);
        // The other process can find it by a scan alone, and asks the registry before it leases.
        await engine.EnqueueAsync(TestEngine.Text("a") with { GroupId = "g" });
        await Eventually.HoldsAsync(
            "the receiver is answered",
            () =>
            {
                Time.Advance(TimeSpan.FromSeconds(1));
                return waiting.IsCompleted;
            }
        );
        var outcome = await waiting;
        if (outcome.Failure is null)
            outcome.Value.ShouldBeEmpty();
        else
            outcome.Failure.ShouldBeOfType<Failure.QueuePaused>();
        (await engine.CountsAsync()).ShouldBe(new MessageCounts(1, 0, 0, 0));
    }

    [Fact]
    public async Task What_redrives_bring_enters_a_paused_queue_and_waits_there()
    {
        var engine = await StartWithQueueAsync();
        var target = TestEngine.Name("target");
        var paused = new QueueSettingsChange { State = QueueState.Paused };
        (await engine.Engine.PutQueueAsync(target, paused, default, Cancellation)).Failure.ShouldBeNull();
        await engine.EnqueueAsync("a");
        await engine.DeadLetterAsync(await engine.DequeueOneAsync());
        var redriven = await engine.Engine.RedriveAsync(engine.Queue, new RedriveRequest { To = target }, Cancellation);
        redriven.Value.ShouldBe(new Redriven(1, 0));
        engine.Queue = target;
        (await engine.CountsAsync()).ShouldBe(new MessageCounts(1, 0, 0, 0));
        (await engine.TryDequeueAsync()).Failure.ShouldBe(new Failure.QueuePaused(target));
    }

    [Fact]
    public async Task A_queue_that_an_earlier_version_stored_is_active_and_the_state_is_kept_by_changes_of_other_settings()
    {
        new QueueSettings().State.ShouldBe(QueueState.Active);
        var engine = await StartWithQueueAsync(new QueueSettingsChange { State = QueueState.SendPaused });
        var put = await engine.PutQueueAsync(new QueueSettingsChange { Shards = 2 });
        put.Status.Queue.Settings.State.ShouldBe(QueueState.SendPaused);
        (await Start().StatusAsync()).Queue.Settings.State.ShouldBe(QueueState.SendPaused);
    }
}

using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.DeadLetters;

/// <summary>A redrive whose writes come late, or that others finish, says what has become of it.</summary>
public sealed class LateRedriveTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    private static readonly QueueName Target = TestEngine.Name("target");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_redrive_whose_write_arrives_when_it_is_being_repeated_has_moved_what_arrived(int repeats)
    {
        var (engine, ids) = await StartAsync(3);
        var late = engine.Faults.Delay(r => r.InsertsMessages);
        for (var i = 1; i < repeats; i++)
            engine.Faults.LoseRequest(r => r.InsertsMessages);
        var held = engine.Faults.Hold(r => r.InsertsMessages);
        var redrive = RedriveAsync(engine);
        await held.Reached;
        await late.ArriveAsync();
        held.Release();
        (await redrive).Value.Moved.ShouldBe(3);
        (await engine.DequeueEverythingAsync()).Select(m => m.Message.OriginalMessageId!.Value).ShouldBe(ids, ignoreOrder: true);
    }

    [Fact]
    public async Task A_redrive_whose_late_messages_others_have_consumed_meanwhile_does_not_say_that_it_moved_none()
    {
        var (engine, _) = await StartAsync(2);
        var other = Start();
        var late = engine.Faults.Delay(r => r.InsertsMessages);
        var held = engine.Faults.Hold(r => r.InsertsMessages);
        var redrive = RedriveAsync(engine);
        await held.Reached;
        await late.ArriveAsync();
        foreach (var message in await other.DequeueEverythingAsync())
            await other.AckAsync(message);
        held.Release();
        (await redrive).Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
    }

    [Fact]
    public async Task A_redrive_that_another_was_faster_than_has_moved_nothing()
    {
        var (engine, _) = await StartAsync(2);
        var other = Start();
        var held = engine.Faults.Hold(r => r.InsertsMessages);
        var redrive = RedriveAsync(engine);
        await held.Reached;
        (await RedriveAsync(other)).Value.Moved.ShouldBe(2);
        held.Release();
        (await redrive).Value.Moved.ShouldBe(0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_redrive_that_was_throttled_says_that_nothing_happened_only_when_nothing_has(bool afterwards)
    {
        var (engine, _) = await StartAsync(2);
        var fault = afterwards ? engine.Faults.ThrottleAfterwards(r => r.InsertsMessages) : engine.Faults.Throttle(r => r.InsertsMessages);
        var outcome = await RedriveAsync(engine);
        fault.Count.ShouldBe(1);
        if (afterwards)
            outcome.Value.Moved.ShouldBe(2);
        else
            outcome.Failure.ShouldBeOfType<Failure.StorageThrottled>();
        (await engine.CountsAsync()).ShouldBe(afterwards ? new MessageCounts(2, 0, 0, 0) : new MessageCounts(0, 0, 0, 2));
    }

    [Fact]
    public async Task A_move_to_another_queue_that_a_sweep_finished_has_moved_what_arrived()
    {
        var (slow, ids) = await StartAsync(2);
        var sweeper = Start();
        await slow.Engine.PutQueueAsync(Target, new QueueSettingsChange(), default, Cancellation);
        var held = slow.Faults.Hold(r => r.InsertsMessages);
        var redrive = RedriveAsync(slow, Target);
        await held.Reached;
        Time.Advance(TimeSpan.FromMinutes(2));
        await sweeper.SweepAsync(everything: true);
        (await sweeper.CountsAsync()).ShouldBe(default);
        held.Release();
        (await redrive).Value.Moved.ShouldBe(2);
        sweeper.Queue = Target;
        (await sweeper.DequeueEverythingAsync()).Select(m => m.Message.OriginalMessageId!.Value).ShouldBe(ids, ignoreOrder: true);
        // What tells of it is not kept for ever.
        for (var i = 0; i < 3; i++)
        {
            Time.Advance(TimeSpan.FromHours(2));
            await sweeper.SweepAsync();
        }

        sweeper.Requests.Clear();
        await sweeper.SweepAsync();
        sweeper.Requests.CountOf(r => !r.Resource.StartsWith(Options.RegistryTable, StringComparison.Ordinal)).ShouldBe(0);
    }

    [Fact]
    public async Task A_move_that_a_sweep_finished_long_ago_does_not_say_that_nothing_was_moved()
    {
        var (slow, _) = await StartAsync(1);
        var sweeper = Start();
        await slow.Engine.PutQueueAsync(Target, new QueueSettingsChange(), default, Cancellation);
        var held = slow.Faults.Hold(r => r.InsertsMessages);
        var redrive = RedriveAsync(slow, Target);
        await held.Reached;
        for (var i = 0; i < 3; i++)
        {
            Time.Advance(TimeSpan.FromHours(2));
            await sweeper.SweepAsync(everything: true);
        }

        held.Release();
        (await redrive).Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_move_whose_mark_was_throttled_goes_on_if_it_was_written_and_else_says_that_nothing_happened(bool afterwards)
    {
        var (engine, _) = await StartAsync(2);
        await engine.Engine.PutQueueAsync(Target, new QueueSettingsChange(), default, Cancellation);
        var fault = afterwards ? engine.Faults.ThrottleAfterwards(IsMark) : engine.Faults.Throttle(IsMark);
        var outcome = await RedriveAsync(engine, Target);
        fault.Count.ShouldBe(1);
        if (afterwards)
            outcome.Value.Moved.ShouldBe(2);
        else
            outcome.Failure.ShouldBeOfType<Failure.StorageThrottled>();
        Time.Advance(TimeSpan.FromMinutes(2));
        await engine.SweepAsync(everything: true);
        (await engine.CountsAsync()).DeadLettered.ShouldBe(afterwards ? 0 : 2);
    }

    [Fact]
    public async Task A_move_whose_mark_was_lost_and_cannot_be_read_does_not_say_that_nothing_happened()
    {
        var (engine, _) = await StartAsync(2);
        await engine.Engine.PutQueueAsync(Target, new QueueSettingsChange(), default, Cancellation);
        var lost = engine.Faults.LoseAnswer(IsMark);
        // Each read is tried several times.
        engine.Faults.Refuse(r => r.ReadsMessageRow, times: 100);
        (await RedriveAsync(engine, Target)).Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
        lost.Count.ShouldBe(1);
        engine.Faults.Clear();
        // They are on their way, and a sweep goes on with it.
        Time.Advance(TimeSpan.FromMinutes(2));
        await engine.SweepAsync(everything: true);
        (await engine.CountsAsync()).ShouldBe(default);
        engine.Queue = Target;
        (await engine.CountsAsync()).Ready.ShouldBe(2);
    }

    [Fact]
    public async Task A_redrive_that_was_lost_and_never_can_arrive_moves_what_is_left()
    {
        var (engine, ids) = await StartAsync(2);
        var other = Start();
        engine.Faults.LoseRequest(r => r.InsertsMessages);
        var held = engine.Faults.Hold(r => r.ReadsMessageRow);
        var redrive = RedriveAsync(engine);
        await held.Reached;
        // One is gone before it is looked at, and the other is there all the time: the write cannot have been what took the first.
        var taken = await other.DequeueOneAsync(source: MessageSource.DeadLetters);
        await other.AckAsync(taken, MessageSource.DeadLetters);
        held.Release();
        (await redrive).Value.Moved.ShouldBe(1);
        (await engine.DequeueOneAsync()).Message.OriginalMessageId.ShouldBe(ids.Single(id => id != taken.Id()));
    }

    private static bool IsMark(StorageRequest request) =>
        request.IsTableWrite && request.Operations.All(o => o.IsChange && o.IsOn("d")) && request.Operations.Count == 2;

    private async Task<(TestEngine Engine, IReadOnlyList<MessageId> Ids)> StartAsync(int letters)
    {
        var engine = await StartWithQueueAsync(new QueueSettingsChange { MessageTimeToLive = (TimeSpan?)null });
        var ids = await engine.EnqueueAllAsync(Enumerable.Range(0, letters).Select(i => $"{i}"));
        foreach (var message in await engine.DequeueEverythingAsync())
            (await engine.DeadLetterAsync(message)).ShouldBe(SettleStatus.Ok);
        return (engine, ids);
    }

    private static Task<Outcome<Redriven>> RedriveAsync(TestEngine engine, QueueName? to = null) =>
        engine.Engine.RedriveAsync(engine.Queue, new RedriveRequest { To = to }, Cancellation).WithinPatienceAsync();
}

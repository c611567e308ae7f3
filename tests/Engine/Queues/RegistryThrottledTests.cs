using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Queues;

/// <summary>Queues that a process knows go on while the registry does not answer; what it knows and nobody uses, it forgets.</summary>
public sealed class RegistryThrottledTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_known_queue_works_while_the_registry_does_not_answer_and_asks_it_seldom(bool throttled)
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAsync("known");
        var fault = throttled ? engine.Faults.Throttle(AsksRegistry, int.MaxValue) : engine.Faults.Refuse(AsksRegistry, int.MaxValue);
        var step = TimeSpan.FromSeconds(14);
        for (var age = step; age < 1.75 * Options.ActivityInterval; age += step)
        {
            Time.Advance(step);
            for (var i = 0; i < 5; i++)
                await engine.EnqueueAsync("a");
            await engine.AckAsync(await engine.DequeueOneAsync());
        }

        // Of each step: a look, a mark, and what the SDK repeats of a look.
        fault.Count.ShouldBeInRange(1, 10 * 10);
        engine.Faults.Clear();
        Time.Advance(TimeSpan.FromHours(1));
        await engine.EnqueueAsync("b");
    }

    [Fact]
    public async Task What_is_known_of_a_queue_is_trusted_up_to_a_bound()
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAsync("known");
        engine.Faults.Throttle(AsksRegistry, int.MaxValue);
        Time.Advance(Options.MaxSettingsAge - TimeSpan.FromTicks(1));
        (await PeekAsync(engine)).Failure.ShouldBeNull();
        Time.Advance(TimeSpan.FromTicks(1));
        (await PeekAsync(engine)).Failure.ShouldBeOfType<Failure.StorageThrottled>();
    }

    [Fact]
    public async Task A_process_that_goes_on_without_the_registry_stores_nothing_in_a_queue_that_is_gone()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        await engine.EnqueueAsync("known");
        engine.Faults.Throttle(AsksRegistry, int.MaxValue);
        (await other.Engine.DeleteQueueAsync(other.Queue, Cancellation)).Value.ShouldBeTrue();
        await other.PutQueueAsync();
        Time.Advance(TimeSpan.FromSeconds(30));
        (await engine.TryEnqueueAsync("a")).Failure.ShouldBeOfType<Failure.StorageThrottled>();
        (await other.CountsAsync()).ShouldBe(default);
        engine.Faults.Clear();
        await engine.EnqueueAsync("b");
        (await other.DequeueOneAsync()).Text().ShouldBe("b");
    }

    [Fact]
    public async Task Settings_are_still_read_again_when_they_are_old()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        await engine.EnqueueAsync("a");
        await other.PutQueueAsync(new QueueSettingsChange { VisibilityTimeout = TimeSpan.FromSeconds(99) });
        Time.Advance(Options.SettingsCacheTime);
        (await engine.Engine.FindQueueAsync(engine.Queue, Cancellation)).Value.Settings.VisibilityTimeout.ShouldBe(
            TimeSpan.FromSeconds(99)
        );
    }

    [Fact]
    public async Task Queues_that_no_call_is_about_are_forgotten_and_found_again()
    {
        const int Queues = 40;
        var engine = Start();
        for (var i = 0; i < Queues; i++)
        {
            engine.Queue = TestEngine.Name($"queue-{i}");
            await engine.PutQueueAsync();
            await engine.EnqueueAsync("a");
        }

        var message = await engine.DequeueOneAsync(TimeSpan.FromHours(1));
        engine.Engine.KnownQueues.ShouldBe(Queues);
        for (var minute = 0; minute < 12; minute++)
        {
            Time.Advance(TimeSpan.FromMinutes(1));
            await engine.StatusAsync();
            await engine.Engine.FindQueueAsync(engine.Queue, Cancellation);
        }

        engine.Engine.KnownQueues.ShouldBe(1);
        (await engine.AckAsync(message)).ShouldBe(SettleStatus.Ok);
        engine.Queue = TestEngine.Name("queue-0");
        (await engine.DequeueOneAsync()).Text().ShouldBe("a");
    }

    private static Task<Outcome<MessagePage>> PeekAsync(TestEngine engine) =>
        engine.Engine.PeekAsync(engine.Queue, MessageSource.Live, 1, null, Cancellation);

    private bool AsksRegistry(StorageRequest request) =>
        request.Resource.StartsWith(Options.RegistryTable, StringComparison.Ordinal) || request.Table == Options.RegistryTable;
}

using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Costs;

/// <summary>What processes ask of the registry does not grow with the queues that they know.</summary>
public sealed class RegistryCostTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    private const int Queues = 20;

    [Fact]
    public async Task A_process_that_uses_many_queues_asks_the_registry_about_as_often_as_for_one()
    {
        var engine = await UseAllAsync();
        engine.Requests.Clear();
        const int Rounds = 8;
        for (var round = 0; round < Rounds; round++)
        {
            Time.Advance(Options.SettingsCacheTime);
            await LookAtAllAsync(engine);
        }

        engine.Requests.Count.ShouldBe(Rounds);
    }

    [Fact]
    public async Task A_change_of_one_queue_by_another_process_is_seen_as_soon_as_before()
    {
        var (engine, other) = (await UseAllAsync(), Start());
        for (var round = 1; round <= 3; round++)
        {
            other.Queue = Name(round);
            await other.PutQueueAsync(new QueueSettingsChange { VisibilityTimeout = TimeSpan.FromSeconds(100 + round) });
            other.Queue = Name(10 + round);
            (await other.Engine.DeleteQueueAsync(other.Queue, Cancellation)).Value.ShouldBeTrue();
            Time.Advance(Options.SettingsCacheTime);
            (await engine.Engine.FindQueueAsync(Name(round), Cancellation)).Value.Settings.VisibilityTimeout.ShouldBe(
                TimeSpan.FromSeconds(100 + round)
            );
            (await engine.Engine.FindQueueAsync(Name(10 + round), Cancellation)).Failure.ShouldBe(
                new Failure.QueueNotFound(Name(10 + round))
            );
        }
    }

    [Fact]
    public async Task A_change_while_a_queue_is_being_read_is_seen_all_the_same()
    {
        var (engine, other) = (await UseAllAsync(), Start());
        Time.Advance(TimeSpan.FromMinutes(2));
        var held = engine.Faults.Hold(r => r.IsRowRead && r.Uri.OriginalString.Contains("v%3Aqueues", StringComparison.OrdinalIgnoreCase));
        var reading = engine.Engine.FindQueueAsync(Name(1), Cancellation);
        await held.Reached;
        other.Queue = Name(1);
        await other.PutQueueAsync(new QueueSettingsChange { VisibilityTimeout = TimeSpan.FromSeconds(99) });
        held.Release();
        await reading;
        await other.PutQueueAsync(new QueueSettingsChange { VisibilityTimeout = TimeSpan.FromSeconds(98) });
        Time.Advance(Options.SettingsCacheTime);
        (await engine.Engine.FindQueueAsync(Name(1), Cancellation)).Value.Settings.VisibilityTimeout.ShouldBe(TimeSpan.FromSeconds(98));
    }

    private static QueueName Name(int number) => TestEngine.Name($"queue-{number}");

    /// <summary>A process that knows all queues and has read them since it first read the registry's version.</summary>
    private async Task<TestEngine> UseAllAsync()
    {
        var engine = Start();
        for (var i = 0; i < Queues; i++)
        {
            engine.Queue = Name(i);
            await engine.PutQueueAsync();
        }

        for (var round = 0; round < 2; round++)
        {
            Time.Advance(Options.SettingsCacheTime);
            await LookAtAllAsync(engine);
        }

        return engine;
    }

    private static async Task LookAtAllAsync(TestEngine engine)
    {
        for (var i = 0; i < Queues; i++)
            (await engine.Engine.FindQueueAsync(Name(i), Cancellation)).Failure.ShouldBeNull();
    }
}

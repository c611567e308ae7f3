using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Fifo;

/// <summary>What a process has in mind of a FIFO queue may have been computed under other settings.</summary>
public sealed class ChangedSettingsTests(AzuriteFixture azurite) : FifoTest(azurite)
{
    [Fact]
    public async Task A_backoff_that_was_raised_while_a_message_was_out_holds_its_group_back()
    {
        var (engine, other) = (await StartFifoAsync(), Start());
        await EnqueueEachAsync(engine, "a", 2);
        await engine.DequeueOneAsync();
        await other.PutQueueAsync(
            new QueueSettingsChange { RetryBackoffInitial = TimeSpan.FromSeconds(100), RetryBackoffMax = TimeSpan.FromSeconds(100) }
        );
        Time.Advance(Lease + Options.ClockSkewBound);
        (await engine.DequeueAsync()).ShouldBeEmpty();
        Time.Advance(TimeSpan.FromSeconds(100));
        (await engine.DequeueOneAsync()).Text().ShouldBe("a1");
    }

    [Fact]
    public async Task Fixed_settings_cannot_be_changed()
    {
        var engine = await StartFifoAsync(Fifo with { Shards = 2 });
        foreach (
            var change in new[]
            {
                new QueueSettingsChange { Shards = 3 },
                new QueueSettingsChange { Shards = 1 },
                new QueueSettingsChange { Type = QueueType.Standard },
            }
        )
            (
                await engine.Engine.PutQueueAsync(engine.Queue, change, default, Cancellation)
            ).Failure.ShouldBeOfType<Failure.QueueTypeMismatch>();
        (await engine.StatusAsync()).Queue.Settings.Shards.ShouldBe(2);
    }
}

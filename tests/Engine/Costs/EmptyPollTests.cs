using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Costs;

/// <summary>What it costs to say that there is nothing, where there are many rows of which nothing can be had.</summary>
public sealed class EmptyPollTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    private const int Rows = 3200;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_empty_short_poll_reads_a_thousand_leased_rows_with_a_request(bool amongRivals)
    {
        var (engine, other) = await LeaseAllAsync();
        if (amongRivals)
        {
            // A lost race: "a" is known here, and leased by the other.
            await engine.EnqueueAllAsync("a");
            (await other.DequeueAsync(1, TimeSpan.FromHours(1))).ShouldHaveSingleItem();
            (await engine.DequeueAsync()).ShouldBeEmpty();
            engine.Conflicts.ShouldBe(1);
        }

        (await engine.DequeueAsync()).ShouldBeEmpty();
        for (var poll = 0; poll < 3; poll++)
        {
            engine.Requests.Clear();
            (await engine.DequeueAsync()).ShouldBeEmpty();
            engine.Requests.Count.ShouldBeLessThanOrEqualTo(4);
        }
    }

    [Fact]
    public async Task So_does_a_peek()
    {
        var (engine, other) = await LeaseAllAsync();
        engine.Requests.Clear();
        (await engine.PeekEverythingAsync()).ShouldBeEmpty();
        engine.Requests.Count.ShouldBeLessThanOrEqualTo(4);
        Time.Advance(TimeSpan.FromSeconds(1));
        var ids = await other.EnqueueAllAsync("a", "b");
        engine.Requests.Clear();
        (await engine.PeekEverythingAsync()).Select(m => m.MessageId).ShouldBe(ids);
        // And the bodies.
        engine.Requests.Count.ShouldBeLessThanOrEqualTo(5);
    }

    [Fact]
    public async Task Scheduled_messages_cost_nothing_until_they_are_due()
    {
        var engine = await StartWithQueueAsync(options: Options with { MaxMessagesPerRow = 1 });
        await engine.EnqueueAsync("ready");
        for (var i = 0; i < 12; i++)
        {
            await engine.EnqueueAllAsync(
                Enumerable.Range(0, 100).Select(n => TestEngine.Text($"{n}") with { Delay = TimeSpan.FromDays(30) })
            );
        }

        var consumer = Start();
        await consumer.PeekEverythingAsync();
        consumer.Requests.Clear();
        (await consumer.PeekEverythingAsync()).ShouldHaveSingleItem();
        consumer.Requests.Count.ShouldBe(2);
        await consumer.AckAsync(await consumer.DequeueOneAsync());
        consumer.Requests.Clear();
        (await consumer.DequeueAsync()).ShouldBeEmpty();
        consumer.Requests.Count.ShouldBe(1);
    }

    /// <summary>Many rows of one message each, all leased by another process.</summary>
    private async Task<(TestEngine Engine, TestEngine Other)> LeaseAllAsync()
    {
        var options = Options with { MaxMessagesPerRow = 1 };
        var (engine, other) = (await StartWithQueueAsync(options: options), Start(options));
        for (var i = 0; i < Rows / 100; i++)
            await engine.EnqueueAllAsync(Enumerable.Range(0, 100).Select(n => $"{n}"));
        (await other.DequeueEverythingAsync(TimeSpan.FromHours(1))).Count.ShouldBe(Rows);
        (await engine.DequeueAsync()).ShouldBeEmpty();
        return (engine, other);
    }
}

using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Durability;

/// <summary>Queues of more rows than a query answers at once (1,000).</summary>
public sealed class DeepQueueTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    private const int Rows = 1100;

    [Fact]
    public async Task Ready_messages_behind_more_than_a_page_of_leased_ones_are_found_and_all_come_back()
    {
        var options = Options with { MaxMessagesPerRow = 1 };
        var (engine, other) = (await StartWithQueueAsync(options: options), Start(options));
        await FillAsync(engine);
        (await engine.DequeueEverythingAsync(TimeSpan.FromHours(1))).Count.ShouldBe(Rows);
        (await other.DequeueAsync()).ShouldBeEmpty();
        var ids = await engine.EnqueueAllAsync("x", "y", "z");
        (await other.DequeueEverythingAsync(TimeSpan.FromHours(3))).Select(m => m.Id()).ShouldBe(ids, ignoreOrder: true);

        Time.Advance(TimeSpan.FromHours(1) + options.ClockSkewBound);
        (await Start(options).SweepAsync()).Redelivered.ShouldBe(Rows);
        (await other.CountsAsync()).ShouldBe(new MessageCounts(Rows, 3, 0, 0));
        (await Start(options).DequeueEverythingAsync()).Count.ShouldBe(Rows);
    }

    [Fact]
    public async Task More_than_a_page_of_rows_are_purged_by_one_call()
    {
        var options = Options with { MaxMessagesPerRow = 1 };
        var engine = await StartWithQueueAsync(options: options);
        await FillAsync(engine);
        (await Start(options).Engine.PurgeAsync(engine.Queue, MessageSource.Live, Cancellation)).Value.ShouldBe(
            new Purged(Rows, Complete: true)
        );
        (await engine.CountsAsync()).ShouldBe(default);
        (await engine.DequeueAsync()).ShouldBeEmpty();
    }

    private static async Task FillAsync(TestEngine engine)
    {
        for (var i = 0; i < Rows / 100; i++)
            await engine.EnqueueAllAsync(Enumerable.Range(0, 100).Select(n => $"{i}.{n}"));
    }
}

using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Timing;

/// <summary>Priorities: the high ones first, the low ones not never.</summary>
public sealed class PriorityTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Messages_of_high_priority_come_first(bool byAnotherProcess)
    {
        var engine = await StartWithQueueAsync();
        foreach (var priority in new[] { 0, 3, 9, 5, 1 })
            await engine.EnqueueAsync(TestEngine.Text($"{priority}") with { Priority = priority });
        var consumer = byAnotherProcess ? Start() : engine;
        var order = new List<int>();
        for (var i = 0; i < 5; i++)
            order.Add((await consumer.DequeueOneAsync()).Message.Priority);
        order.ShouldBe([9, 5, 3, 1, 0]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    public async Task Of_ten_claims_one_begins_with_the_lowest_priority_however_many_high_ones_keep_coming(int receivedAtOnce)
    {
        var engine = await StartWithQueueAsync();
        for (var round = 0; round < 4; round++)
        {
            await engine.EnqueueAsync("low");
            await ReceiveLowWithinTenAsync(engine, receivedAtOnce, () => EnqueueHighAsync(engine, receivedAtOnce * 2));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    public async Task So_it_is_where_a_process_finds_them_in_storage(int receivedAtOnce)
    {
        var engine = await StartWithQueueAsync();
        for (var round = 0; round < 4; round++)
        {
            await engine.EnqueueAsync("low");
            await EnqueueHighAsync(engine, receivedAtOnce * 12);
            await ReceiveLowWithinTenAsync(Start(), receivedAtOnce, () => Task.CompletedTask);
        }
    }

    private static async Task ReceiveLowWithinTenAsync(TestEngine consumer, int receivedAtOnce, Func<Task> before)
    {
        for (var claim = 1; ; claim++)
        {
            claim.ShouldBeLessThanOrEqualTo(10);
            await before();
            var received = await consumer.DequeueAsync(receivedAtOnce, TimeSpan.FromHours(1));
            if (received.Any(m => m.Text() == "low"))
                return;
            // There were enough of high priority all the time.
            received.Count.ShouldBe(receivedAtOnce);
        }
    }

    private static async Task EnqueueHighAsync(TestEngine engine, int count)
    {
        foreach (
            var part in Enumerable.Range(0, count).Select(_ => TestEngine.Text("high") with { Priority = 9 }).Chunk(Limits.MaxBatchSize)
        )
            await engine.EnqueueAllAsync(part);
    }

    [Fact]
    public async Task Messages_of_every_priority_in_one_call_all_come_out()
    {
        var engine = await StartWithQueueAsync();
        var ids = await engine.EnqueueAllAsync(Enumerable.Range(0, 100).Select(i => TestEngine.Text($"{i}") with { Priority = i % 10 }));
        (await Start().DequeueEverythingAsync()).Select(m => m.Id()).ShouldBe(ids, ignoreOrder: true);
    }
}

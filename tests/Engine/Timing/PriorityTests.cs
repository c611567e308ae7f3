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

    [Fact]
    public async Task Messages_of_low_priority_are_not_starved()
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAsync("low");
        for (var i = 0; i < 100; i++)
        {
            await engine.EnqueueAsync(TestEngine.Text($"{i}") with { Priority = 9 });
            await engine.EnqueueAsync(TestEngine.Text($"{i} again") with { Priority = 9 });
            if ((await engine.DequeueOneAsync()).Text() == "low")
                return;
        }

        throw new InvalidOperationException("A hundred dequeues passed the message of low priority by.");
    }

    [Fact]
    public async Task Messages_of_every_priority_in_one_call_all_come_out()
    {
        var engine = await StartWithQueueAsync();
        var ids = await engine.EnqueueAllAsync(Enumerable.Range(0, 100).Select(i => TestEngine.Text($"{i}") with { Priority = i % 10 }));
        (await Start().DequeueEverythingAsync()).Select(m => m.Id()).ShouldBe(ids, ignoreOrder: true);
    }
}

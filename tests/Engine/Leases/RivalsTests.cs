using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Leases;

/// <summary>Processes that lease from one shard keep out of each other's way, and none is left without.</summary>
public sealed class RivalsTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    [Fact]
    public async Task Processes_that_drain_one_shard_meet_seldom_and_deliver_each_message_once()
    {
        const int Rows = 120;
        const int PerRow = 16;
        var producer = await StartWithQueueAsync(time: TimeProvider.System);
        for (var row = 0; row < Rows; row++)
            await producer.EnqueueAllAsync(Enumerable.Range(0, PerRow).Select(i => $"{row}.{i}"));
        var consumers = new[] { Start(time: TimeProvider.System), Start(time: TimeProvider.System), Start(time: TimeProvider.System) };
        foreach (var consumer in consumers)
            consumer.Queue = producer.Queue;
        var received = new System.Collections.Concurrent.ConcurrentDictionary<MessageId, bool>();
        await Task.WhenAll(consumers.SelectMany(consumer => Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
        {
            while (received.Count < Rows * PerRow)
            {
                foreach (var message in await consumer.DequeueAsync(wait: TimeSpan.FromSeconds(1)))
                {
                    received.TryAdd(message.Id(), true).ShouldBeTrue();
                    (await consumer.AckAsync(message)).ShouldBe(SettleStatus.Ok);
                }
            }
        })))).WithinPatienceAsync();
        (await producer.CountsAsync()).ShouldBe(default);
        var conflicts = consumers.Sum(c => c.Conflicts);
        var writes = consumers.Sum(c => c.Requests.CountOf(r => r.ChangesMessages));
        // All from the oldest on would be about one in two.
        conflicts.ShouldBeLessThanOrEqualTo(writes / 5, $"{conflicts} conflicts of {writes} writes");
    }

    [Fact]
    public async Task A_row_that_others_hold_messages_of_comes_after_those_that_nobody_is_at_work_on()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        (await engine.DequeueAsync()).ShouldBeEmpty();
        await engine.EnqueueAllAsync("a", "b");
        await engine.EnqueueAllAsync("c", "d");
        await other.DequeueAsync(1);
        // It believes that "a" is there: the write meets the other's.
        (await engine.DequeueOneAsync()).Text().ShouldBe("c");
        (await engine.DequeueOneAsync()).Text().ShouldBe("d");
        (await engine.DequeueOneAsync()).Text().ShouldBe("b");
        engine.Conflicts.ShouldBe(1);
    }

    [Fact]
    public async Task What_is_left_to_its_own_process_is_taken_when_nobody_else_comes_for_it()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        await engine.EnqueueAllAsync("a", "b");
        (await engine.DequeueAsync(1)).ShouldHaveSingleItem();
        (await other.DequeueAsync(1)).ShouldHaveSingleItem();
        await engine.EnqueueAllAsync("c");
        // It cannot wait, so it gets what there is.
        (await other.DequeueOneAsync()).Text().ShouldBe("c");
    }
}

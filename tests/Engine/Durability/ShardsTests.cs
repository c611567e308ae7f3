using System.Collections.Concurrent;
using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Durability;

/// <summary>Guarantee 1 over many shards, and while there become more of them.</summary>
public sealed class ShardsTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    [Fact]
    public async Task Messages_of_every_shard_come_out_of_any_process()
    {
        var producer = await StartWithQueueAsync(new QueueSettingsChange { Shards = Limits.MaxShards });
        var ids = await producer.EnqueueInEveryShardAsync(Limits.MaxShards);
        var consumer = Start();
        (await consumer.CountsAsync()).Ready.ShouldBe(Limits.MaxShards);
        var delivered = await consumer.DequeueEverythingAsync();
        delivered.Select(m => m.Id()).ShouldBe(ids, ignoreOrder: true);
        foreach (var message in delivered)
            (await producer.AckAsync(message)).ShouldBe(SettleStatus.Ok);
        (await consumer.CountsAsync()).ShouldBe(default);
    }

    [Fact]
    public async Task A_process_keeps_to_one_shard_until_storage_throttles_it()
    {
        var engine = await StartWithQueueAsync(new QueueSettingsChange { Shards = 4 });
        var before = new List<MessageId>();
        for (var i = 0; i < 10; i++)
            before.Add(await engine.EnqueueAsync($"{i}"));
        var shard = before.Select(id => id.ShardOf()).Distinct().ShouldHaveSingleItem();
        await engine.LeaveShardAsync();
        (await engine.EnqueueAsync("after")).ShardOf().ShouldNotBe(shard);
    }

    [Fact]
    public async Task Raising_the_shards_of_a_live_queue_loses_nothing()
    {
        var engines = new[]
        {
            await StartWithQueueAsync(time: TimeProvider.System),
            Start(time: TimeProvider.System),
            Start(time: TimeProvider.System),
        };
        var (enqueued, received) = (new ConcurrentDictionary<MessageId, bool>(), new ConcurrentDictionary<MessageId, bool>());
        var producing = true;
        var producers = engines
            .Select(async engine =>
            {
                for (var i = 0; i < 60; i++)
                {
                    if (i % 20 == 5 && (await engine.StatusAsync()).Queue.Settings.Shards > 1)
                        await engine.LeaveShardAsync();
                    enqueued.TryAdd(await engine.EnqueueAsync($"{i}"), true).ShouldBeTrue();
                }
            })
            .ToList();
        var consumers = engines
            .Select(async engine =>
            {
                while (Volatile.Read(ref producing) || received.Count < enqueued.Count)
                {
                    var outcome = await engine.TryDequeueAsync(
                        new DequeueRequest { MaxMessages = 10, Wait = TimeSpan.FromMilliseconds(500) }
                    );
                    if (IsThrottled(outcome))
                        continue;
                    foreach (var message in outcome.Value)
                    {
                        received.TryAdd(message.Id(), true).ShouldBeTrue();
                        await AckUnthrottledAsync(engine, message);
                    }
                }
            })
            .ToList();
        foreach (var shards in new[] { 2, 5, 8 })
        {
            await Eventually.HoldsAsync("some messages were received", () => received.Count >= shards * 10);
            await engines[shards % 3].PutQueueAsync(new QueueSettingsChange { Shards = shards });
        }

        await Task.WhenAll(producers);
        Volatile.Write(ref producing, false);
        await Task.WhenAll(consumers).WithinPatienceAsync();
        received.Keys.ShouldBe(enqueued.Keys, ignoreOrder: true);
        (await engines[0].CountsAsync()).ShouldBe(default);
    }

    [Fact]
    public async Task Messages_in_shards_that_another_process_added_are_found()
    {
        var (first, second) = (await StartWithQueueAsync(), Start());
        (await second.DequeueAsync()).ShouldBeEmpty();
        await first.PutQueueAsync(new QueueSettingsChange { Shards = 4 });
        var ids = await first.EnqueueInEveryShardAsync(4);
        foreach (var id in ids)
            (await second.FindAsync(id)).MessageId.ShouldBe(id);
        Time.Advance(Options.SettingsCacheTime);
        (await second.DequeueEverythingAsync()).Select(m => m.Id()).ShouldBe(ids, ignoreOrder: true);
    }

    private static async Task AckUnthrottledAsync(TestEngine engine, DeliveredMessage message)
    {
        var outcome = await engine.TrySettleAsync(new Settlement.Ack(), [message]);
        while (IsThrottled(outcome))
            outcome = await engine.TrySettleAsync(new Settlement.Ack(), [message]);
        outcome.Value.ShouldHaveSingleItem().Status.ShouldBe(SettleStatus.Ok);
    }

    /// <summary>Acks and leases share the writes of messages that come, so they are throttled along with them.</summary>
    private static bool IsThrottled<T>(Outcome<T> outcome) => outcome.Failure is Failure.StorageThrottled;
}

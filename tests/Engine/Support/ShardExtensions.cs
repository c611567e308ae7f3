using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Tests.Support;

/// <summary>Getting at shards: a process keeps to one, and leaves it when storage throttles it.</summary>
public static class ShardExtensions
{
    public static int ShardOf(this MessageId id)
    {
        MessageLocation.TryParse(id, out var location).ShouldBeTrue();
        return location.Shard;
    }

    /// <summary>Enqueues one message in each shard of the queue, of which there are 1, 2, 4, 8, 16 or 32; their ids, by shard.</summary>
    public static async Task<IReadOnlyList<MessageId>> EnqueueInEveryShardAsync(this TestEngine engine, int shards)
    {
        var ids = new MessageId[shards];
        for (var i = 0; i < shards; i++)
        {
            var id = await engine.EnqueueAsync($"in its own shard {i}");
            ids[id.ShardOf()] = id;
            await engine.LeaveShardAsync();
        }

        ids.Select(ShardOf).ShouldBe(Enumerable.Range(0, shards));
        return ids;
    }

    /// <summary>Makes the process go on to the next shard.</summary>
    public static async Task LeaveShardAsync(this TestEngine engine)
    {
        engine.Faults.Throttle(r => r.InsertsMessages);
        // On a slow machine the message might have been consumed before it was looked for.
        var failure = (await engine.TryEnqueueAsync("throttled")).Failure;
        (failure is Failure.StorageThrottled or Failure.OutcomeUnknown).ShouldBeTrue($"{failure}");
    }
}

using System.Collections.Concurrent;
using FuncQueue.Engine.Queues;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics.Calls;

namespace FuncQueue.Engine.Topics.Groups;

/// <summary>The groups that this process has to do with. Those that nobody uses are forgotten.</summary>
internal sealed class GroupDirectory(EngineContext context, DataAccounts accounts, QueueDirectory queues)
{
    private const int TidiedFrom = 256;

    private static readonly TimeSpan UnusedFor = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<(string Table, QueueName Group), GroupRuntime> known = new();

    public async ValueTask<GroupRuntime> FindAsync(TopicRuntime topic, QueueName group)
    {
        if (!known.TryGetValue((topic.Table, group), out var runtime))
        {
            ForgetUnused();
            var tokens = new GroupTokens(await queues.SigningKeyAsync(), topic.Table, group);
            var table = accounts
                .Find(topic.Record.Place.Account)
                .Clients.PartitionOf(topic.Table, GroupRows.PartitionOf(group), context.Unreadable);
            runtime = known.GetOrAdd(
                (topic.Table, group),
                _ => new GroupRuntime(topic, group, new GroupLoop(context, table, topic.Table, group), tokens)
            );
        }

        runtime.UsedAt = context.Time.GetTimestamp();
        return runtime;
    }

    /// <summary>Ends the waiting of members.</summary>
    public void StopWaiting()
    {
        foreach (var group in known.Values)
            group.Loop.Wake();
    }

    public async Task WhenIdleAsync()
    {
        foreach (var group in known.Values)
            await group.Loop.WhenIdleAsync();
    }

    private void ForgetUnused()
    {
        if (known.Count < TidiedFrom)
            return;
        foreach (var (key, group) in known)
        {
            // Whoever still holds it can go on with it: all that is shared is in storage.
            if (context.Time.GetElapsedTime(group.UsedAt) >= UnusedFor && group.Loop.IsIdle)
                known.TryRemove(key, out _);
        }
    }
}

using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics.Calls;

namespace FuncQueue.Engine.Topics.Groups;

/// <summary>What a sweep of a topic asks about its groups.</summary>
internal sealed class GroupSweep(EngineContext context, DataAccounts accounts, TopicRuntime topic)
{
    /// <summary>How soon a topic is looked at again that a group has not read to its end.</summary>
    public static readonly TimeSpan LooksAgain = TimeSpan.FromMinutes(1);

    private readonly GroupTable table = new(accounts.Find(topic.Record.Place.Account).Clients, topic.Table);

    /// <summary>The least offset of a partition that a group has not committed; <paramref name="end"/> where none is below it.</summary>
    public async Task<long> LeastNeededAsync(int partition, long end, CancellationToken cancellationToken) =>
        Math.Min(end, await table.LeastCommittedAsync(partition, cancellationToken) ?? end);

    /// <summary>Measures how far groups are behind; when to look again, or null: all have read to the end.</summary>
    public async Task<DateTimeOffset?> MeasureAsync(CancellationToken cancellationToken)
    {
        var groups = await new GroupLags(context, topic).OfAsync(await table.ReadAsync(null, cancellationToken), cancellationToken);
        foreach (var group in groups)
            context.Metrics.GroupLag(topic.Name, group.Name, group.Lag, group.LagTime);
        return groups.Any(g => g.Lag > 0) ? context.Now + LooksAgain : null;
    }
}

using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics.Calls;

namespace FuncQueue.Engine.Topics.Groups;

/// <summary>How far groups are behind what is published, by the rows as they are.</summary>
internal sealed class GroupLags(EngineContext context, TopicRuntime topic)
{
    public async Task<TopicGroup[]> OfAsync(IReadOnlyList<(QueueName Name, GroupState Group)> groups, CancellationToken cancellationToken)
    {
        if (groups.Count == 0)
            return [];
        var ends = await Task.WhenAll(topic.Partitions.Select(p => p.Reader.ReadHeadAsync(cancellationToken)));
        var all = new List<TopicGroup>();
        foreach (var (name, group) in groups)
        {
            var partitions = await Task.WhenAll(group.Holds.Select(h => OfAsync(h, ends[h.Partition].Next, cancellationToken)));
            all.Add(
                new TopicGroup(
                    name,
                    group.Head!.CreatedAt,
                    [
                        .. group
                            .Members.Values.Where(m => m.Until > context.Now)
                            .OrderBy(m => m.Name.Value, StringComparer.Ordinal)
                            .Select(m => new TopicGroupMember(
                                m.Name,
                                m.Until,
                                [.. partitions.Where(p => p.Member == m.Name).Select(p => p.Partition)]
                            )),
                    ],
                    partitions
                )
            );
        }

        return [.. all];
    }

    private async Task<TopicGroupPartition> OfAsync(PartitionHold hold, long next, CancellationToken cancellationToken)
    {
        var (lag, age) = (Math.Max(0, next - hold.Committed), TimeSpan.Zero);
        if (lag > 0)
        {
            // What was removed is not waited for.
            var first = await topic.Partitions[hold.Partition].Reader.FirstPlaceAsync(hold.Committed, cancellationToken);
            lag = first is { } place ? next - Math.Max(hold.Committed, place.First) : 0;
            age = first is { } there && context.Now > there.PublishedAt ? context.Now - there.PublishedAt : TimeSpan.Zero;
        }

        var isHeld = hold.Member is not null && hold.Until > context.Now;
        return new TopicGroupPartition(
            hold.Partition,
            hold.Committed,
            next,
            lag,
            age,
            isHeld ? hold.Member : null,
            isHeld ? hold.Until : null,
            isHeld ? hold.WantedBy : null
        );
    }
}

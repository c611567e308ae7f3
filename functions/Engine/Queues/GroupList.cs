using FuncQueue.Engine.Groups;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Queues;

/// <summary>Looks through a queue for its groups. Rows hold hashes of groups only; names are read with one message of each.</summary>
internal sealed class GroupList(EngineContext context, QueueRuntime queue)
{
    private const int ParallelReads = 16;

    /// <summary>The next groups behind <paramref name="after"/>, in the order of their first messages.</summary>
    public async Task<GroupPage> ReadAsync(int maxGroups, PeekPosition? after, CancellationToken cancellationToken)
    {
        var found = new Dictionary<ulong, Backlog>();
        foreach (var part in await Task.WhenAll(queue.Shards.Select(s => SurveyAsync(s, cancellationToken))))
        {
            foreach (var (group, backlog) in part)
                found[group] = found.TryGetValue(group, out var other) ? other.With(backlog) : backlog;
        }

        var inOrder = found.Values.Where(b => b.First.CompareTo(after) > 0).OrderBy(b => b.First).ToList();
        var page = inOrder.Take(maxGroups).ToList();
        var groups = new List<GroupStatus>();
        foreach (var chunk in page.Chunk(ParallelReads))
            groups.AddRange((await Task.WhenAll(chunk.Select(b => NameAsync(b, cancellationToken)))).OfType<GroupStatus>());
        return new GroupPage(groups, inOrder.Count > maxGroups ? page[^1].First.Encode() : null);
    }

    private async Task<Dictionary<ulong, Backlog>> SurveyAsync(ShardRuntime shard, CancellationToken cancellationToken)
    {
        var found = new Dictionary<ulong, Backlog>();
        var policy = queue.PolicyFor(MessageSource.Live);
        for (KeyRange? rest = RowKeys.AllLive; rest is { } part; )
        {
            var page = await shard.Table.ReadPageAsync(part, ShardTable.MaxPageRows, withData: false, cancellationToken);
            foreach (var row in page.Rows)
            {
                for (var slot = 0; slot < row.Count; slot++)
                {
                    var index = row.Index.Messages[slot];
                    if (
                        index.GroupHash == GroupHash.None
                        || MessageView.StatusOf(row.State[slot], index, policy, context.Now) is not { } status
                    )
                        continue;
                    var one = new Backlog(
                        shard,
                        new PeekPosition(row.Key, shard.Table.Shard, slot),
                        row.Index.EnqueuedAt,
                        1,
                        status == MessageStatus.Leased
                    );
                    found[index.GroupHash] = found.TryGetValue(index.GroupHash, out var known) ? known.With(one) : one;
                }
            }

            rest = page.LastKey is { } last ? part.After(last) : null;
        }

        return found;
    }

    /// <summary>Null when the group's first message has gone meanwhile.</summary>
    private async Task<GroupStatus?> NameAsync(Backlog backlog, CancellationToken cancellationToken)
    {
        var row = await backlog.Shard.Table.ReadAsync(backlog.First.RowKey, withData: true, cancellationToken);
        return row?.ContentOf(backlog.First.Slot).GroupId is { } name
            ? new GroupStatus
            {
                GroupId = name,
                Messages = backlog.Messages,
                IsLeased = backlog.IsLeased,
                OldestMessageAge = AgeOf(backlog),
            }
            : null;
    }

    private TimeSpan AgeOf(Backlog backlog) => context.Now > backlog.Oldest ? context.Now - backlog.Oldest : TimeSpan.Zero;

    private sealed record Backlog(ShardRuntime Shard, PeekPosition First, DateTimeOffset Oldest, long Messages, bool IsLeased)
    {
        public Backlog With(Backlog other)
        {
            var first = other.First.CompareTo(First) < 0 ? other : this;
            return first with
            {
                Oldest = other.Oldest < Oldest ? other.Oldest : Oldest,
                Messages = Messages + other.Messages,
                IsLeased = IsLeased || other.IsLeased,
            };
        }
    }
}

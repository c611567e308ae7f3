using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>Rows of a standard queue: messages of one lane and due instant together, under keys of this process's own.</summary>
internal sealed class UnorderedRows(int shard, RowSequence sequence, RowSize size) : RowComposition
{
    public override int MaxInRow => size.Most;

    public override List<NewRow> Compose(IEnumerable<PendingEnqueue> messages, DateTimeOffset now)
    {
        var rows = new List<NewRow>();
        var most = MaxInRow;
        foreach (var group in messages.GroupBy(m => (m.Lane, DueAt: m.ReadyAt(now))))
        {
            foreach (var row in NewRow.Cut(group, most))
                rows.Add(NewRow.Of(shard, BirthOf(group.Key.Lane, group.Key.DueAt, now), row, now));
        }

        return rows;
    }

    private BirthRow BirthOf(int lane, DateTimeOffset dueAt, DateTimeOffset now) =>
        dueAt > now ? sequence.NextScheduled(lane, dueAt) : sequence.NextImmediate(lane);
}

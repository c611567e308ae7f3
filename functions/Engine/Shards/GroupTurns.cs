using FuncQueue.Engine.Groups;

namespace FuncQueue.Engine.Shards;

/// <summary>
/// Whose turn it is among the groups that have messages in memory: of each lane in the order of their turns (<see cref="FairShare"/>),
/// then of their ages. Kept up to date with every change of a row, so that a flight has to do with no more groups than it serves. Messages
/// without a group are a group of their own. Used by one loop at a time.
/// </summary>
internal sealed class GroupTurns : IRowGroups
{
    private const int ScarceRows = 4;

    private readonly FairShare fair = new();
    private readonly Dictionary<(ulong Group, int Lane), GroupLine> lines = [];
    private readonly Dictionary<ulong, int> rowsOf = [];
    private readonly SortedSet<GroupLine>[] ready =
    [
        .. Enumerable.Range(0, Limits.MaxPriority + 1).Select(_ => new SortedSet<GroupLine>(GroupLine.ByTurn)),
    ];

    private readonly SortedSet<GroupLine> waking = new(GroupLine.ByWaking);
    private readonly HashSet<GroupLine> changed = [];

    /// <summary>Whether there are messages with a group: else there are no turns to take.</summary>
    public bool AreTaken => rowsOf.Count > 1 || (rowsOf.Count == 1 && !rowsOf.ContainsKey(GroupHash.None));

    public bool IsScarce(CachedRow row) => AreTaken && Array.Exists(row.Groups, share => rowsOf[share.Group] <= ScarceRows);

    public void Changed(CachedRow? before, CachedRow? after)
    {
        foreach (var share in before?.Groups ?? [])
        {
            if (after is null || !Array.Exists(after.Groups, s => s.Group == share.Group))
                Leave(share.Group, before!);
        }

        foreach (var share in after?.Groups ?? [])
            Join(share, after!);
    }

    /// <summary>A message of the group is handed out.</summary>
    public void Served(ulong group)
    {
        fair.Served(group);
        for (var lane = 0; lane <= Limits.MaxPriority; lane++)
        {
            if (lines.TryGetValue((group, lane), out var line))
                changed.Add(line);
        }
    }

    /// <summary>The messages to hand out next, in turn, as long as somebody goes on asking for more.</summary>
    /// <param name="deliverable">The messages of a group in a row that can be handed out now, in order.</param>
    /// <param name="idle">Told of a row of which a group was to have something and has nothing: there is upkeep to do.</param>
    public IEnumerable<Pick> InTurn(
        DateTimeOffset now,
        bool lowestFirst,
        Func<string, ulong, IEnumerable<Pick>> deliverable,
        Action<string> idle
    )
    {
        PlaceChanged(now);
        var taken = new Dictionary<ulong, long>();
        foreach (var lane in ready.Index().OrderBy(l => DeliveryOrder.LanePlace(l.Index, lowestFirst)).Select(l => l.Item))
        {
            var again = new PriorityQueue<(GroupLine Line, IEnumerator<Pick> Messages), (long Turn, long Age, ulong Group)>();
            using var fresh = lane.GetEnumerator();
            for (var more = fresh.MoveNext(); more || again.Count > 0; )
            {
                var line = more ? fresh.Current : null;
                if (line is not null && !(again.TryPeek(out _, out var first) && first.CompareTo((line.Turn, line.Age, line.Group)) <= 0))
                {
                    more = fresh.MoveNext();
                    GoOn(line, MessagesOf(line, now, deliverable, idle).GetEnumerator());
                    continue;
                }

                var (served, messages) = again.Dequeue();
                yield return messages.Current;
                taken[served.Group] = taken.GetValueOrDefault(served.Group) + 1;
                GoOn(served, messages);
            }

            void GoOn(GroupLine line, IEnumerator<Pick> messages)
            {
                if (!messages.MoveNext())
                    return;
                var turn = line.Turn + taken.GetValueOrDefault(line.Group);
                again.Enqueue((line, messages), (turn, messages.Current.Row.Birth.TimeMicros, line.Group));
            }
        }
    }

    private static IEnumerable<Pick> MessagesOf(
        GroupLine line,
        DateTimeOffset now,
        Func<string, ulong, IEnumerable<Pick>> deliverable,
        Action<string> idle
    )
    {
        foreach (var key in line.ActionableAt(now))
        {
            var any = false;
            foreach (var pick in deliverable(key, line.Group))
            {
                any = true;
                yield return pick;
            }

            if (!any)
                idle(key);
        }
    }

    private void Join(GroupShare share, CachedRow row)
    {
        if (!lines.TryGetValue((share.Group, row.Row.Birth.Lane), out var line))
            lines.Add((share.Group, row.Row.Birth.Lane), line = new GroupLine(share.Group, row.Row.Birth.Lane));
        var (isNew, isDifferent) = line.Put(row.Row.Key, row.Row.Birth.TimeMicros, share.ActionableAt);
        if (isNew)
            rowsOf[share.Group] = rowsOf.GetValueOrDefault(share.Group) + 1;
        if (isDifferent)
            changed.Add(line);
    }

    private void Leave(ulong group, CachedRow row)
    {
        if (!lines.TryGetValue((group, row.Row.Birth.Lane), out var line) || !line.Remove(row.Row.Key, row.Row.Birth.TimeMicros))
            return;
        if (--rowsOf[group] == 0)
            rowsOf.Remove(group);
        changed.Add(line);
        if (!line.IsEmpty)
            return;
        TakeOut(line);
        changed.Remove(line);
        lines.Remove((group, line.Lane));
    }

    private void PlaceChanged(DateTimeOffset now)
    {
        while (waking.Min is { } due && due.WakesAt <= now)
        {
            TakeOut(due);
            changed.Add(due);
        }

        foreach (var line in changed)
        {
            TakeOut(line);
            if (line.Place(fair.TurnOf(line.Group), now))
                ready[line.Lane].Add(line);
            if (line.WakesAt < DateTimeOffset.MaxValue)
                waking.Add(line);
        }

        changed.Clear();
    }

    private void TakeOut(GroupLine line)
    {
        ready[line.Lane].Remove(line);
        waking.Remove(line);
    }
}

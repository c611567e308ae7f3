using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <content>
/// Standard queues with groups: groups take turns, so that one with a long backlog does not keep the others waiting. Messages without a
/// group are a group of their own.
/// </content>
internal sealed partial class ShardLoop
{
    private readonly FairShare fair = new();

    /// <summary>The messages to lease next, in turn, as many as meet the demand, from as many rows as a flight takes.</summary>
    private List<Pick> ChooseInTurn(Flight flight, int demand, bool lowestFirst)
    {
        var (picks, rows) = (new List<Pick>(), new HashSet<string>(StringComparer.Ordinal));
        var turns = new PriorityQueue<GroupTurn, (int Lane, long Turn, long Age)>();
        foreach (var (group, entries) in cache.Groups)
            Enqueue(new GroupTurn(DeliverableOf(flight, group, entries, lowestFirst).GetEnumerator(), fair.TurnOf(group)));
        while (picks.Count < demand && turns.TryDequeue(out var turn, out _))
        {
            var next = turn.Messages.Current;
            if (rows.Count == MaxRowsPerFlight && !rows.Contains(next.Row.Key))
                break;
            rows.Add(next.Row.Key);
            picks.Add(next);
            Enqueue(turn with { Turn = turn.Turn + 1 });
        }

        return picks;

        void Enqueue(GroupTurn turn)
        {
            if (!turn.Messages.MoveNext())
                return;
            var birth = turn.Messages.Current.Row.Birth;
            turns.Enqueue(turn, (lowestFirst ? -birth.Lane : birth.Lane, turn.Turn, birth.TimeMicros));
        }
    }

    private static IEnumerable<Pick> DeliverableOf(Flight flight, ulong group, IEnumerable<CachedRow> entries, bool lowestFirst)
    {
        var inOrder = lowestFirst ? entries.OrderByDescending(e => e.Row.Birth.Lane) : entries;
        foreach (var row in inOrder.Where(e => e.ActionableAt <= flight.Now).Select(e => e.Row))
        {
            for (var slot = 0; slot < row.Count; slot++)
            {
                if (row.Index.Messages[slot].GroupHash == group && Delivery.CanDeliver(StateOf(flight, row, slot), row.Index.Messages[slot], flight.Policy, flight.Now))
                    yield return new Pick(row, slot);
            }
        }
    }

    /// <summary>A message's state as the flight leaves it.</summary>
    private static MessageState StateOf(Flight flight, BatchRow row, int slot) => flight.Find(row.Key)?.State[slot] ?? row.State[slot];

    /// <summary>A message that can be leased.</summary>
    private readonly record struct Pick(BatchRow Row, int Slot);

    private sealed record GroupTurn(IEnumerator<Pick> Messages, long Turn);
}

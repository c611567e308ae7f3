using Azure.Data.Tables;
using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Groups;
using FuncQueue.Engine.Payloads;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Queues;

/// <summary>
/// What one transaction of a purge drops: rows, with the rows that condemn their payloads and the leases that the locks of groups list. A
/// row that takes more than a transaction by itself loses as many of its messages as fit, and stays with the others.
/// </summary>
internal sealed class PurgePart
{
    private readonly List<TableTransactionAction> operations = [];
    private readonly List<BatchRow> owners = [];
    private readonly List<BatchRow> rows = [];
    private readonly List<MessageState[]> after = [];

    private PurgePart() { }

    public IReadOnlyList<TableTransactionAction> Operations => operations;

    /// <summary>The rows as they were read.</summary>
    public IReadOnlyList<BatchRow> Rows => rows;

    /// <summary>Messages that it drops.</summary>
    public int Messages { get; private set; }

    /// <summary>
    /// The row that is left with the rest of its messages, its ETag to be set to that of the first operation; null: all rows go.
    /// </summary>
    public BatchRow? Rest { get; private set; }

    /// <summary>What it does to the counts of the shard.</summary>
    public MessageCounts Difference(DeliveryPolicy policy, DateTimeOffset now)
    {
        MessageCounts difference = default;
        foreach (var (row, then) in rows.Zip(after))
            difference = difference.Plus(Standing.Difference(row.State, then, row.Index.Messages, policy, now));

        return difference;
    }

    /// <summary>The row that an operation is about.</summary>
    public BatchRow OwnerOf(int operation) => owners[Math.Min(operation, owners.Count - 1)];

    /// <summary>Takes as many rows as fit off the queue, at least one or a part of it.</summary>
    /// <param name="wants">Whether a message, by its place in its row, is to go.</param>
    /// <param name="ordered">Whether this is a shard of a FIFO queue.</param>
    public static async Task<PurgePart> TakeAsync(
        ShardTable table,
        Queue<BatchRow> remaining,
        Func<BatchRow, int, bool> wants,
        bool ordered,
        DateTimeOffset now
    )
    {
        var part = new PurgePart();
        var freed = new Dictionary<ulong, (BatchRow Row, List<LeaseId> Leases)>();
        while (remaining.TryPeek(out var row))
        {
            var (slots, taken) = (new List<int>(), 1);
            var groups = new HashSet<ulong>();
            var open = Enumerable.Range(0, row.Count).Where(slot => row.State[slot].Status != SlotStatus.Done).ToList();
            var wanted = open.FindAll(slot => wants(row, slot));
            // A row without any message left goes, too.
            if (wanted.Count == 0 && open.Count > 0)
            {
                remaining.Dequeue();
                continue;
            }

            foreach (var slot in wanted)
            {
                var (state, index) = (row.State[slot], row.Index.Messages[slot]);
                var more =
                    (index.Payload is null ? 0 : 1)
                    + (ordered && state.IsLeased && groups.Add(index.GroupHash) && !freed.ContainsKey(index.GroupHash) ? 1 : 0);
                if (part.operations.Count + freed.Count + taken + more > ShardTable.MaxOperations)
                    break;
                taken += more;
                slots.Add(slot);
            }

            var fits = slots.Count == wanted.Count;
            if (part.rows.Count > 0 && (!fits || part.operations.Count + freed.Count + taken > ShardTable.MaxOperations))
                break;
            remaining.Dequeue();
            var left = part.Take(table, row, slots, whole: slots.Count == open.Count, now);
            foreach (var slot in slots.Where(s => ordered && row.State[s].IsLeased))
            {
                var group = row.Index.Messages[slot].GroupHash;
                if (!freed.TryGetValue(group, out var leases))
                    freed.Add(group, leases = (row, []));
                leases.Leases.Add(row.State[slot].LeaseId);
            }

            if (fits)
                continue;
            part.Rest = left;
            break;
        }

        foreach (var (group, (row, leases)) in freed)
            await part.FreeAsync(table, group, row, leases);
        return part;
    }

    /// <summary>Takes messages out of a row; the row as that leaves it.</summary>
    /// <param name="whole">Whether none is left.</param>
    private BatchRow Take(ShardTable table, BatchRow row, List<int> slots, bool whole, DateTimeOffset now)
    {
        var state = row.State.ToArray();
        foreach (var slot in slots)
            state[slot] = state[slot] with { Status = SlotStatus.Done };
        Add(whole ? table.Delete(row.Key, row.ETag) : table.Merge(row, state), row);
        foreach (var slot in slots)
        {
            if (row.Index.Messages[slot].Payload is { } payload)
                Add(PayloadRows.Condemn(table.Shard, payload, now), row);
        }

        rows.Add(row);
        after.Add(state);
        Messages += slots.Count;
        return row with { State = state };
    }

    private async Task FreeAsync(ShardTable table, ulong group, BatchRow row, List<LeaseId> leases)
    {
        if (await table.ReadLockAsync(group, CancellationToken.None) is not { } there)
            return;
        var edit = new LockEdit(group, there);
        leases.ForEach(edit.Remove);
        if (edit.Changed)
            Add(GroupLockRows.Write(table.Shard, edit), row);
    }

    private void Add(TableTransactionAction operation, BatchRow owner)
    {
        operations.Add(operation);
        owners.Add(owner);
    }
}

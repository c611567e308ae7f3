using Azure.Data.Tables;
using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Groups;
using FuncQueue.Engine.Payloads;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>Messages leased to one receiver in one flight.</summary>
internal sealed record Claim(Receiver Receiver, List<ClaimedMessage> Messages);

/// <summary>One message of a claim and the state that the write gives it.</summary>
internal sealed record ClaimedMessage(RowEdit Edit, int Slot, MessageState State);

/// <summary>Changes to several rows of a shard that are written in one transaction.</summary>
/// <param name="mark">A number that nothing else is written with, by which it is known whether this was.</param>
/// <param name="locks">The locks of groups, on a FIFO queue.</param>
internal sealed class Flight(DeliveryPolicy policy, DateTimeOffset now, LeaseId mark, KnownLocks? locks)
{
    private readonly Dictionary<string, RowEdit> edits = new(StringComparer.Ordinal);
    private readonly Dictionary<ulong, LockEdit> lockEdits = [];

    public DeliveryPolicy Policy => policy;

    public LeaseId Mark => mark;

    /// <summary>The instant at which it is decided, which leases begin at.</summary>
    public DateTimeOffset Now { get; private set; } = now;

    public IReadOnlyCollection<RowEdit> Edits => edits.Values;

    public List<Claim> Claims { get; } = [];

    /// <summary>The locks that this flight has to do with; none on standard queues.</summary>
    public IReadOnlyCollection<LockEdit> Locks => lockEdits.Values;

    public bool HasChanges => edits.Values.Any(e => e.Changed || e.Settled.Count > 0);

    /// <summary>Time has gone by, as with a read: what is decided from here on is decided now.</summary>
    public void Advance(DateTimeOffset to)
    {
        if (to > Now)
            Now = to;
    }

    public RowEdit? Find(string key) => edits.GetValueOrDefault(key);

    public RowEdit Edit(BatchRow row)
    {
        if (!edits.TryGetValue(row.Key, out var edit))
            edits.Add(row.Key, edit = new RowEdit(row, mark));
        return edit;
    }

    /// <summary>The lock of a group, as this flight leaves it; null on standard queues.</summary>
    public LockEdit? LockOf(ulong group)
    {
        if (locks is null)
            return null;
        if (!lockEdits.TryGetValue(group, out var edit))
            lockEdits.Add(group, edit = new LockEdit(group, locks.Find(group)));
        return edit;
    }

    /// <summary>Whether messages of this group are out, as far as is known and after what this flight changes.</summary>
    public bool IsLocked(ulong group) => lockEdits.TryGetValue(group, out var edit) ? edit.Holds(policy, Now) : locks?.Find(group)?.EndsAt(policy) > Now;

    /// <summary>
    /// Takes out what cannot be written because <paramref name="contended"/> was changed by another: on a FIFO queue also what hangs
    /// together with it, since the messages of a group change together with its lock or not at all.
    /// </summary>
    public (IReadOnlyList<RowEdit> Rows, IReadOnlyList<LockEdit> Locks) Drop(FlightPart contended)
    {
        var rows = new HashSet<RowEdit>();
        var groups = new HashSet<LockEdit>();
        var next = new Queue<FlightPart>([contended]);
        while (next.TryDequeue(out var part))
        {
            if (part.Row is { } row && rows.Add(row))
            {
                foreach (var group in lockEdits.Values.Where(l => row.Concerns(l.Group)))
                    next.Enqueue(new FlightPart(null, group));
            }
            else if (part.Lock is { } group && groups.Add(group))
            {
                foreach (var concerned in edits.Values.Where(e => e.Concerns(group.Group)))
                    next.Enqueue(new FlightPart(concerned, null));
            }
        }

        foreach (var row in rows)
            edits.Remove(row.Row.Key);
        foreach (var group in groups)
            lockEdits.Remove(group.Group);
        return ([.. rows], [.. groups]);
    }

    /// <summary>
    /// Whether the transaction leaves nothing behind that tells of it, although there is somebody to tell: all its rows end. Then it
    /// writes its mark, too.
    /// </summary>
    public bool LeavesNoTrace =>
        edits.Values.All(e => !e.Changed || e.IsOver)
        && (Claims.Count > 0 || edits.Values.Any(e => e.Settled.Exists(s => s.Outcome.Status == SettleStatus.Ok)));

    /// <summary>Whether one more change to <paramref name="row"/> fits the transaction, at the worst two entities, one body, a lock and the mark.</summary>
    public bool HasRoomFor(BatchRow row, int slot)
    {
        var operations = locks is null ? 3 : 4;
        foreach (var edit in lockEdits.Values)
            operations += edit.Changed ? 1 : 0;
        foreach (var edit in edits.Values)
            operations += edit.Operations;
        var bytes = Bytes + 4096 + row.Index.Messages[slot].EncodedLength;
        return operations <= ShardTable.MaxOperations && bytes <= ShardTable.MaxTransactionBytes;
    }

    /// <summary>Bytes that the changes write, about.</summary>
    public int Bytes
    {
        get
        {
            var bytes = 0;
            foreach (var edit in lockEdits.Values)
                bytes += edit.Changed ? 512 + (edit.Leases.Count * 24) : 0;
            foreach (var edit in edits.Values)
                bytes += edit.Bytes;
            return bytes;
        }
    }

    /// <summary>The operations, and for each the edit it belongs to.</summary>
    public (List<TableTransactionAction> Operations, List<FlightPart> Owners) Build(ShardTable table)
    {
        var operations = new List<TableTransactionAction>();
        var owners = new List<FlightPart>();
        foreach (var edit in edits.Values.Where(e => e.Changed))
        {
            Add(edit, edit.IsOver ? table.Delete(edit.Row.Key, edit.Row.ETag) : table.Merge(edit.Row, edit.State));
            foreach (var (slot, reason) in edit.DeadLetters)
                Add(edit, ShardTable.Insert(DeadLetterRow.Create(edit.Row, slot, edit.State[slot], reason, policy, Now)));
            foreach (var slot in edit.Condemned)
                Add(edit, PayloadRows.Condemn(table.Shard, edit.Row.Index.Messages[slot].Payload!.Value, Now));
            foreach (var slot in edit.Retained)
                Add(edit, PayloadRows.Retain(edit.Row, slot, Now + Limits.DeletedPayloadRetention));
        }

        foreach (var edit in lockEdits.Values.Where(e => e.Changed))
        {
            operations.Add(GroupLockRows.Write(table.Shard, edit));
            owners.Add(new FlightPart(null, edit));
        }

        if (operations.Count > 0 && LeavesNoTrace)
        {
            operations.Add(FlightMark.Write(table.Shard, policy.Source, mark));
            owners.Add(default);
        }

        return (operations, owners);

        void Add(RowEdit owner, TableTransactionAction operation)
        {
            operations.Add(operation);
            owners.Add(new FlightPart(owner, null));
        }
    }
}

/// <summary>What an operation of a flight belongs to: a row, a lock, or, with neither, the flight as a whole.</summary>
internal readonly record struct FlightPart(RowEdit? Row, LockEdit? Lock);

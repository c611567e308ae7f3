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
    /// <summary>Most rows that one flight has to do with.</summary>
    public const int MaxRows = 64;

    private readonly Dictionary<string, RowEdit> edits = new(StringComparer.Ordinal);
    private readonly Dictionary<ulong, LockEdit> lockEdits = [];

    public DeliveryPolicy Policy => policy;

    public LeaseId Mark => mark;

    /// <summary>The instant at which it is decided, which leases begin at.</summary>
    public DateTimeOffset Now { get; private set; } = now;

    public IReadOnlyCollection<RowEdit> Edits => edits.Values;

    /// <summary>From the moment that its receiver has been taken from those who wait, so that it is answered whatever happens.</summary>
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

    /// <summary>The edit of a row whose bodies are known.</summary>
    public RowEdit EditWithBodies(BatchRow row)
    {
        var edit = Edit(row);
        if (edit.Row.Data is null && row.Data is { } data)
            edit.Supply(data);
        return edit;
    }

    /// <summary>A message's state as this flight leaves it.</summary>
    public MessageState StateOf(BatchRow row, int slot) => Find(row.Key)?.State[slot] ?? row.State[slot];

    /// <summary>The lock of a group, as this flight leaves it; null on standard queues.</summary>
    public LockEdit? LockOf(ulong group)
    {
        if (locks is null)
            return null;
        if (!lockEdits.TryGetValue(group, out var edit))
            lockEdits.Add(group, edit = new LockEdit(group, locks.Find(group)));
        return edit;
    }

    /// <summary>Whether this version can write the group's lock, as far as is known.</summary>
    public bool CanTake(ulong group) =>
        (lockEdits.TryGetValue(group, out var edit) ? edit.Before : locks?.Find(group)) is not { IsReadable: false };

    /// <summary>
    /// Takes out what cannot be written because <paramref name="contended"/> was changed by another: on a FIFO queue also what hangs
    /// together with it, since the messages of a group change together with its lock or not at all. Nothing when it was taken out before.
    /// </summary>
    public (IReadOnlyList<RowEdit> Rows, IReadOnlyList<LockEdit> Locks) Drop(WriteOwner contended)
    {
        var rows = new HashSet<RowEdit>();
        var groups = new HashSet<LockEdit>();
        var next = new Queue<WriteOwner>([contended]);
        while (next.TryDequeue(out var part))
        {
            if (part is RowEdit row && edits.ContainsKey(row.Row.Key) && rows.Add(row))
            {
                foreach (var group in lockEdits.Values.Where(l => row.Concerns(l.Group)))
                    next.Enqueue(group);
            }
            else if (part is LockEdit group && lockEdits.ContainsKey(group.Group) && groups.Add(group))
            {
                foreach (var concerned in edits.Values.Where(e => e.Concerns(group.Group)))
                    next.Enqueue(concerned);
            }
        }

        foreach (var row in rows)
            edits.Remove(row.Row.Key);
        foreach (var group in groups)
            lockEdits.Remove(group.Group);
        return ([.. rows], [.. groups]);
    }

    /// <summary>
    /// Whether the transaction writes its mark: rows of it end, and, although there is somebody to tell, nothing that it leaves in others
    /// tells of it.
    /// </summary>
    public bool NeedsMark =>
        edits.Values.Any(e => e.Changed && e.IsOver)
        && !edits.Values.Any(e => e.LeavesTrace)
        && (Claims.Count > 0 || edits.Values.Any(e => e.Settled.Exists(s => s.Outcome.Status == SettleStatus.Ok)));

    /// <summary>The mark known to have stood at the place of marks when this was sent; null: none.</summary>
    public LeaseId? MarkBefore { get; set; }

    /// <summary>
    /// Whether one more change to <paramref name="row"/> fits the transaction, at the worst two entities, one body, a lock and the mark.
    /// </summary>
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

    private int Bytes
    {
        get
        {
            var bytes = 0;
            foreach (var edit in lockEdits.Values)
                bytes += edit.Changed ? BytesOf(edit) : 0;
            foreach (var edit in edits.Values)
                bytes += edit.Bytes;
            return bytes;
        }
    }

    /// <summary>The transaction that writes the changes; without operations when there are none.</summary>
    public Transaction Compose(ShardTable table)
    {
        var transaction = new Transaction();
        foreach (var edit in edits.Values.Where(e => e.Changed))
        {
            transaction.Add(edit, edit.IsOver ? table.Delete(edit.Row.Key, edit.Row.ETag) : table.Merge(edit.Row, edit.State), edit.Bytes);
            foreach (var (slot, reason) in edit.DeadLetters)
                transaction.Add(edit, ShardTable.Insert(DeadLetterRow.Create(edit.Row, slot, edit.State[slot], reason, policy, Now)));
            foreach (var slot in edit.Condemned)
                transaction.Add(edit, PayloadRows.Condemn(table.Shard, edit.Row.Index.Messages[slot].Payload!.Value, Now));
            foreach (var slot in edit.Retained)
                transaction.Add(edit, PayloadRows.Retain(edit.Row, slot, Now + Limits.DeletedPayloadRetention));
        }

        foreach (var edit in lockEdits.Values.Where(e => e.Changed))
            transaction.Add(edit, GroupLockRows.Write(table.Shard, edit), BytesOf(edit));
        if (NeedsMark)
            transaction.Add(new MarkOwner(), FlightMark.Write(table.Shard, policy.Source, mark));
        return transaction;
    }

    private static int BytesOf(LockEdit edit) => 512 + (edit.Leases.Count * 24);

    /// <summary>Of the operation that writes the mark, over whatever is there.</summary>
    private sealed class MarkOwner : WriteOwner;
}

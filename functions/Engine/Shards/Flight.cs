using Azure.Data.Tables;
using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Payloads;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>Messages leased to one receiver in one flight.</summary>
internal sealed record Claim(Receiver Receiver, List<ClaimedMessage> Messages);

/// <summary>One message of a claim and the state that the write gives it.</summary>
internal sealed record ClaimedMessage(RowEdit Edit, int Slot, MessageState State);

/// <summary>Changes to several rows of a shard that are written in one transaction.</summary>
internal sealed class Flight(DeliveryPolicy policy, DateTimeOffset now)
{
    private readonly Dictionary<string, RowEdit> edits = new(StringComparer.Ordinal);

    public DeliveryPolicy Policy => policy;

    public DateTimeOffset Now => now;

    public IReadOnlyCollection<RowEdit> Edits => edits.Values;

    public List<Claim> Claims { get; } = [];

    public bool HasChanges => edits.Values.Any(e => e.Changed || e.Settled.Count > 0);

    public RowEdit? Find(string key) => edits.GetValueOrDefault(key);

    public RowEdit Edit(BatchRow row)
    {
        if (!edits.TryGetValue(row.Key, out var edit))
            edits.Add(row.Key, edit = new RowEdit(row));
        return edit;
    }

    public void Drop(RowEdit edit) => edits.Remove(edit.Row.Key);

    /// <summary>Whether one more change to <paramref name="row"/> fits the transaction, at the worst two entities and one body.</summary>
    public bool HasRoomFor(BatchRow row, int slot)
    {
        var operations = 2;
        var bytes = 4096 + row.Index.Messages[slot].EncodedLength;
        foreach (var edit in edits.Values)
        {
            operations += edit.Operations;
            bytes += edit.Bytes;
        }

        return operations <= ShardTable.MaxOperations && bytes <= ShardTable.MaxTransactionBytes;
    }

    /// <summary>The operations, and for each the edit it belongs to.</summary>
    public (List<TableTransactionAction> Operations, List<RowEdit> Owners) Build(ShardTable table)
    {
        var operations = new List<TableTransactionAction>();
        var owners = new List<RowEdit>();
        foreach (var edit in edits.Values.Where(e => e.Changed))
        {
            Add(edit, edit.IsOver ? table.Delete(edit.Row.Key, edit.Row.ETag) : table.Merge(edit.Row, edit.State));
            foreach (var (slot, reason) in edit.DeadLetters)
                Add(edit, ShardTable.Insert(DeadLetterRow.Create(edit.Row, slot, edit.State[slot].DeliveryCount, reason, policy, now)));
            foreach (var slot in edit.Condemned)
                Add(edit, PayloadRows.Condemn(table.Shard, edit.Row.Index.Messages[slot].Payload!.Value, now));
            foreach (var slot in edit.Retained)
                Add(edit, PayloadRows.Retain(edit.Row, slot, now + Limits.DeletedPayloadRetention));
        }

        return (operations, owners);

        void Add(RowEdit owner, TableTransactionAction operation)
        {
            operations.Add(operation);
            owners.Add(owner);
        }
    }
}

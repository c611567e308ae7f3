using Azure;
using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>The changes of one flight to one row.</summary>
/// <param name="mark">The flight's, which a message that it ends or gives back is left with.</param>
internal sealed class RowEdit(BatchRow row, LeaseId mark) : WriteOwner
{
    private readonly List<int> written = [];

    public BatchRow Row { get; private set; } = row;

    /// <summary>The state to be written.</summary>
    public MessageState[] State { get; } = [.. row.State];

    public bool Changed => written.Count > 0;

    /// <summary>Messages that become dead letters, and why.</summary>
    public List<(int Slot, string Reason)> DeadLetters { get; } = [];

    /// <summary>Messages handed out for good, whose payload stays readable for a while.</summary>
    public List<int> Retained { get; } = [];

    /// <summary>Messages that are over, whose payload is to be collected.</summary>
    public List<int> Condemned { get; } = [];

    /// <summary>Receipts settled here, with the outcome that holds once the write is done.</summary>
    public List<(SettleRequest Request, Settled Outcome)> Settled { get; } = [];

    /// <summary>The row's ETag once the write is known to be done.</summary>
    public ETag? Written { get; set; }

    /// <summary>Upkeep done here.</summary>
    public UpkeepCounts Upkeep { get; } = new();

    /// <summary>Who asked for upkeep, if a sweep did.</summary>
    public UpkeepRequest? UpkeepFor { get; set; }

    public bool IsOver => Array.TrueForAll(State, s => s.Status == SlotStatus.Done);

    /// <summary>Whether a message of this group is written, be it as it was.</summary>
    public bool Concerns(ulong group) => written.Exists(slot => Row.Index.Messages[slot].GroupHash == group);

    /// <summary>Entities that the changes write, the row itself included.</summary>
    public int Operations => Changed ? 1 + DeadLetters.Count + Retained.Count + Condemned.Count : 0;

    /// <summary>Bytes that the changes write, about.</summary>
    public int Bytes => Changed ? 512 + State.Length * 24 + DeadLetters.Sum(d => Row.Index.Messages[d.Slot].EncodedLength + 2048) : 0;

    /// <summary>Adds the bodies, read after the edit was begun.</summary>
    public void Supply(ReadOnlyMemory<byte> data) => Row = Row with { Data = data };

    public void Set(int slot, MessageState state)
    {
        State[slot] = state;
        written.Add(slot);
    }

    /// <summary>Gives a message back.</summary>
    public void Return(int slot, MessageState ready) => Set(slot, ready with { LeaseId = mark });

    /// <summary>Ends a message for good.</summary>
    public void End(int slot)
    {
        Set(slot, State[slot] with { Status = SlotStatus.Done, LeaseId = mark });
        if (Row.Index.Messages[slot].Payload is not null)
            Condemned.Add(slot);
    }

    /// <summary>Ends a message by handing it out, in the state that the delivery leaves it in.</summary>
    public void Take(int slot, MessageState taken)
    {
        Set(slot, taken);
        if (Row.Index.Messages[slot].Payload is not null)
            Retained.Add(slot);
    }

    /// <summary>Moves a message to the dead letters.</summary>
    public void DeadLetter(int slot, string reason)
    {
        Set(slot, State[slot] with { Status = SlotStatus.Done, LeaseId = mark });
        DeadLetters.Add((slot, reason));
    }

    /// <summary>
    /// Whether the row, as long as it is there, shows that this edit was written: by a number that no other write leaves.
    /// </summary>
    public bool LeavesTrace => !IsOver && written.Exists(Tells);

    /// <summary>What the row as it is now says of the write of this edit; null: it is gone.</summary>
    public Sight See(BatchRow? now)
    {
        if (now is null)
            return Sight.Changed;
        if (now.ETag == Row.ETag)
            return Sight.Untouched;
        foreach (var slot in written)
        {
            if (!Tells(slot))
                continue;
            if (now.State[slot] == State[slot])
                return Sight.Ours;
            // What was there before does not come back, and an end stays.
            if (now.State[slot] == Row.State[slot] || State[slot].Status == SlotStatus.Done)
                return Sight.NeverOurs;
        }

        return Sight.Changed;
    }

    /// <summary>
    /// New leases, and messages ended or given back, have numbers of their own; extensions and leases that ended by themselves have not.
    /// </summary>
    private bool Tells(int slot) => State[slot].LeaseId != Row.State[slot].LeaseId && State[slot].LeaseId != default;
}

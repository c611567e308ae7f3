using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>The changes of one flight to one row.</summary>
internal sealed class RowEdit(BatchRow row)
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

    /// <summary>Ends a message for good.</summary>
    public void End(int slot, MessageState state, bool retainPayload)
    {
        Set(slot, state with { Status = SlotStatus.Done });
        if (Row.Index.Messages[slot].Payload is not null)
            (retainPayload ? Retained : Condemned).Add(slot);
    }

    /// <summary>Moves a message to the dead letters.</summary>
    public void DeadLetter(int slot, string reason)
    {
        Set(slot, State[slot] with { Status = SlotStatus.Done });
        DeadLetters.Add((slot, reason));
    }
}

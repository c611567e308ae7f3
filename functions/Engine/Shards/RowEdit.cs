using Azure;
using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>The changes of one flight to one row.</summary>
/// <param name="mark">The flight's, which a message that it ends or gives back is left with.</param>
internal sealed class RowEdit(BatchRow row, LeaseId mark)
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
    /// Whether the write has been carried out, by the row as it is now; null when that does not tell. New leases, nacks and ends
    /// carry numbers that no other write has, and an end stays.
    /// </summary>
    public bool? WasCarriedOut(BatchRow now)
    {
        foreach (var slot in written)
        {
            var (before, wanted, found) = (Row.State[slot], State[slot], now.State[slot]);
            if (wanted == before)
                continue;
            if (found == before)
                return false;
            if (found == wanted && wanted.LeaseId != before.LeaseId && wanted.LeaseId != default)
                return true;
            if (wanted.Status == SlotStatus.Done)
                return false;
        }

        return null;
    }
}

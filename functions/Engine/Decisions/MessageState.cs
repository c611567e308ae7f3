namespace FuncQueue.Engine.Decisions;

/// <summary>Where one message of a row stands. The numbers are stored.</summary>
internal enum SlotStatus : byte
{
    Ready = 0,

    /// <summary>Leased by the process named in the lease id, by its clock.</summary>
    Leased = 1,

    /// <summary>Gone from this row: acked, dropped or moved on. Never reverts.</summary>
    Done = 2,

    /// <summary>Leased, with an end that another process than the one in the lease id may have set, by its own clock.</summary>
    Extended = 3,

    /// <summary>A dead letter on its way to another queue, since the instant that it was visible from.</summary>
    Moving = 4,
}

/// <summary>The mutable part of one message.</summary>
/// <param name="VisibleAt">Leased: the end of the lease. Ready: from when it can be delivered.</param>
/// <param name="LeaseId">
/// The last lease; kept after its end, so that its holder is recognised; a number of no lease when it was settled; 0: none that still
/// counts.
/// </param>
internal readonly record struct MessageState(SlotStatus Status, DateTimeOffset VisibleAt, int DeliveryCount, LeaseId LeaseId)
{
    /// <summary>When it was delivered for the first time; null: not yet.</summary>
    public DateTimeOffset? FirstDeliveredAt { get; init; }

    public bool IsLeased => Status is SlotStatus.Leased or SlotStatus.Extended;

    public static MessageState ReadyAt(DateTimeOffset visibleAt) => new(SlotStatus.Ready, visibleAt, 0, default);
}

/// <summary>Names one lease: the process that gave it, and a number unique in that process.</summary>
internal readonly record struct LeaseId(ulong Value)
{
    public static LeaseId Create(ProcessId process, uint number) => new(((ulong)process.Value << 32) | number);

    public ProcessId Process => new((uint)(Value >> 32));

    /// <summary>A number from 0 to 1 that looks random and is always the same for this lease.</summary>
    public double Fraction => unchecked((Value ^ (Value >> 31)) * 0x9E3779B97F4A7C15UL) / (double)ulong.MaxValue;
}

/// <summary>What of one message never changes and is needed to decide about it without reading its body.</summary>
/// <param name="EncodedLength">Bytes of the message in the row's data.</param>
/// <param name="BodyLength">Bytes of the body, wherever it lies.</param>
/// <param name="Payload">The blob that holds the body; null when the row does.</param>
internal readonly record struct MessageIndex(ulong GroupHash, DateTimeOffset? ExpiresAt, int EncodedLength, long BodyLength, Guid? Payload);

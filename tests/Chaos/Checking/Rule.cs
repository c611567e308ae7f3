namespace FuncQueue.Chaos.Checking;

/// <summary>What a history must not show.</summary>
public enum Rule
{
    /// <summary>A message that was there is gone, and nobody removed it.</summary>
    Lost,

    /// <summary>A message is still there when everything should have been drained.</summary>
    Undrained,

    /// <summary>A message was delivered that nobody sent, or whose sender was told that nothing happened, or with other contents.</summary>
    Unexpected,

    /// <summary>Two leases of one message held at one instant.</summary>
    OverlappingLeases,

    /// <summary>A message was delivered after its ack or dead-lettering had succeeded, or a second time with <c>mode=delete</c>.</summary>
    DeliveredAfterTheEnd,

    /// <summary>A settlement succeeded with a receipt whose lease was over for good.</summary>
    StaleReceiptHonoured,

    /// <summary>Two settlements that end a lease succeeded with one receipt.</summary>
    SettledTwice,

    /// <summary>A settlement was refused although the lease held.</summary>
    LeaseLostWhileHeld,

    /// <summary>A FIFO group's message was delivered after a later one, or while an earlier one was out.</summary>
    OrderViolation,

    /// <summary>A deduplication id led to more than one message.</summary>
    StoredTwice,

    /// <summary>Delivery counts that do not rise, or go beyond the limit.</summary>
    DeliveryCount,

    /// <summary>A dead letter without a reason, or with a wrong delivery count.</summary>
    DeadLetter,

    /// <summary>Of a message that was made live again, two lives were there at once, or one after the message had ended for good.</summary>
    TwoLives,

    /// <summary>A dead letter is live again that nobody asked for, or as something else than what was asked.</summary>
    Unasked,

    /// <summary>A message was removed, one at a time, while somebody held it.</summary>
    RemovedWhileHeld,

    /// <summary>A message was told not to be there that was there before and after.</summary>
    ToldAbsent,

    /// <summary>The service counts something else than it lists.</summary>
    CountMismatch,

    /// <summary>A payload that nothing refers to is left after the last sweep.</summary>
    OrphanBlob,

    /// <summary>A process whose clock was too far off handed out messages.</summary>
    DeliveredWithWrongClock,

    /// <summary>Offsets of a partition are not dense.</summary>
    OffsetGap,

    /// <summary>At an offset there is something else than there was.</summary>
    RecordChanged,

    /// <summary>A record is not in a queue that it was routed to.</summary>
    NotForwarded,

    /// <summary>A record is in a queue twice, although nobody asked for it again.</summary>
    ForwardedTwice,

    /// <summary>A record is in a queue that it was not routed to.</summary>
    Misrouted,

    /// <summary>A publish was told of another number of subscriptions than its record reached.</summary>
    WrongMatch,

    /// <summary>An answer that no caller should get.</summary>
    StrangeAnswer,
}

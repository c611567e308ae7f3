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

    /// <summary>Two leases of one message, or of one FIFO group, held at one instant.</summary>
    OverlappingLeases,

    /// <summary>A message was delivered after its ack or dead-lettering had succeeded, or a second time with <c>mode=delete</c>.</summary>
    DeliveredAfterTheEnd,

    /// <summary>A settlement succeeded with a receipt whose lease was over for good.</summary>
    StaleReceiptHonoured,

    /// <summary>A settlement was refused although the lease held.</summary>
    LeaseLostWhileHeld,

    /// <summary>A FIFO group's message was delivered after a later one.</summary>
    OrderViolation,

    /// <summary>A deduplication id led to more than one message.</summary>
    StoredTwice,

    /// <summary>Delivery counts that do not rise, or go beyond the limit.</summary>
    DeliveryCount,

    /// <summary>A dead letter without a reason, or with a wrong delivery count.</summary>
    DeadLetter,

    /// <summary>The service counts something else than it lists.</summary>
    CountMismatch,

    /// <summary>A payload that nothing refers to is left after the last sweep.</summary>
    OrphanBlob,

    /// <summary>A process whose clock was too far off handed out messages.</summary>
    DeliveredWithWrongClock,

    /// <summary>An answer that no caller should get.</summary>
    StrangeAnswer,
}

/// <summary>A rule broken, and by what; <c>MessageIds</c> are the messages concerned.</summary>
public sealed record Violation(Rule Rule, string What, params IReadOnlyList<string> MessageIds);

/// <summary>What the checker says of a history.</summary>
public sealed record Verdict
{
    public required IReadOnlyList<Violation> Violations { get; init; }

    /// <summary>Messages that callers tried to send.</summary>
    public required long Sent { get; init; }

    /// <summary>Messages whose enqueue was acknowledged.</summary>
    public required long Acknowledged { get; init; }

    /// <summary>Deliveries, repeated ones included.</summary>
    public required long Delivered { get; init; }

    /// <summary>Deliveries of a message beyond its first. Allowed: at least once.</summary>
    public required long Duplicates { get; init; }

    /// <summary>Dead letters that were seen.</summary>
    public required long DeadLettered { get; init; }

    public bool Holds => Violations.Count == 0;

    public long Count(Rule rule) => Violations.Count(v => v.Rule == rule);
}

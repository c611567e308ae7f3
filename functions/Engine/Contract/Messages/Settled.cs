namespace FuncQueue.Engine;

/// <summary>How one receipt fared.</summary>
/// <param name="VisibleAt">Only after an extension: the new end of the lease.</param>
/// <param name="MessageId">The message that the receipt is for; null when it is malformed.</param>
public sealed record Settled(SettleStatus Status, DateTimeOffset? VisibleAt = null, MessageId? MessageId = null)
{
    /// <summary>Of a message that was to be dropped by its id and was not: whether it is there, in somebody's hands.</summary>
    internal bool IsHeld { get; init; }
}

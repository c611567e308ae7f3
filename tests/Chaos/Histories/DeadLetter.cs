namespace FuncQueue.Chaos.Histories;

/// <summary>A dead letter as it is listed.</summary>
public sealed record DeadLetter(
    string MessageId,
    string Key,
    string? Digest,
    string? Reason,
    int DeliveryCount,
    string? OriginalMessageId = null
);

namespace FuncQueue.Engine;

/// <summary>A message handed out; <c>Receipt</c> is null when it was deleted with the delivery.</summary>
public sealed record DeliveredMessage(StoredMessage Message, string? Receipt);

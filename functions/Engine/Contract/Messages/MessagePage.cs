namespace FuncQueue.Engine;

/// <summary>A page of messages, oldest first; <c>Continuation</c> is null when nothing follows.</summary>
public sealed record MessagePage(IReadOnlyList<StoredMessage> Messages, string? Continuation);

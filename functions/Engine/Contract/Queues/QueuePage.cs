namespace FuncQueue.Engine;

/// <summary>A page of queues in the order of their names; <c>Continuation</c> is null on the last.</summary>
public sealed record QueuePage(IReadOnlyList<QueueInfo> Queues, string? Continuation);

namespace FuncQueue.Engine;

/// <summary>A durable enqueue.</summary>
public sealed record Enqueued(MessageId MessageId, DateTimeOffset EnqueuedAt, bool Duplicate, long? SequenceNumber);

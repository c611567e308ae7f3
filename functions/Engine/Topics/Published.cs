namespace FuncQueue.Engine.Topics;

/// <summary>A durable record.</summary>
/// <param name="Matched">How many subscriptions it was routed to.</param>
/// <param name="Duplicate">It repeats one that was stored before, of which all this is told.</param>
public sealed record Published(MessageId MessageId, int Partition, long Offset, DateTimeOffset PublishedAt, int Matched, bool Duplicate);

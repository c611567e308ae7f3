namespace FuncQueue.Engine.Topics.Log;

/// <summary>A durable append, or what it repeats.</summary>
/// <param name="First">The offset of its first record; the others follow it.</param>
/// <param name="Matched">How many subscriptions each record was routed to.</param>
internal sealed record Appended(long First, DateTimeOffset PublishedAt, IReadOnlyList<int> Matched, bool IsDuplicate);

namespace FuncQueue.Engine;

/// <summary>Dead letters of one reason.</summary>
/// <param name="OldestAt">When the first of them was dead-lettered, <paramref name="NewestAt"/> the last.</param>
/// <param name="Example">The last one.</param>
public sealed record ReasonSummary(string Reason, long Count, DateTimeOffset OldestAt, DateTimeOffset NewestAt, MessageId Example);

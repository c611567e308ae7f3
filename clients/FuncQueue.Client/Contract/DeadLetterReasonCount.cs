namespace FuncQueue.Client;

/// <summary>How many dead letters have one reason.</summary>
/// <param name="Reason">The reason.</param>
/// <param name="Count">How many.</param>
/// <param name="OldestAt">When the first was dead-lettered.</param>
/// <param name="NewestAt">When the last was dead-lettered.</param>
/// <param name="ExampleMessageId">One of them.</param>
public sealed record DeadLetterReasonCount(
    string? Reason,
    long Count,
    DateTimeOffset OldestAt,
    DateTimeOffset NewestAt,
    Guid ExampleMessageId
);

namespace FuncQueue.Engine.Keys;

/// <summary>What a PUT says of a key. What is left out keeps its value; a new key needs rights and resources.</summary>
public sealed record KeyChange
{
    public IReadOnlyList<string>? Rights { get; init; }

    public IReadOnlyList<string>? Resources { get; init; }

    public Given<DateTimeOffset?> ExpiresAt { get; init; }
}

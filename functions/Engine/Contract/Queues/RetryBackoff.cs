namespace FuncQueue.Engine;

/// <summary>
/// The delay before a message is delivered again: <c>Initial × 2^(deliveries − 1)</c>, at most <c>Max</c>. Zero: at once.
/// </summary>
public sealed record RetryBackoff
{
    public TimeSpan Initial { get; init; }

    public TimeSpan Max { get; init; }
}

namespace FuncQueue.Engine;

/// <summary>What a purge removed; not <c>Complete</c>: time ran out, call again.</summary>
public sealed record Purged(long Count, bool Complete);

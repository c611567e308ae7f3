namespace FuncQueue.Engine;

/// <summary>Dead letters moved, and how many are left.</summary>
public sealed record Redriven(long Moved, long Remaining);

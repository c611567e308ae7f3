namespace FuncQueue.Engine.Topics;

/// <summary>How far a partition has been handed out to a member.</summary>
/// <param name="NextOffset">Of the record that comes next.</param>
/// <param name="Token">What it is committed by: opaque, signed, good for this hold of the member only.</param>
public sealed record GroupToken(int Partition, long NextOffset, string Token);

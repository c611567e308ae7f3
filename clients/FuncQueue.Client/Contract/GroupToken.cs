namespace FuncQueue.Client;

/// <summary>How far a partition was read.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="NextOffset">The offset behind what was read.</param>
/// <param name="Token">To commit by, or to go on behind. With <c>@</c> and an earlier offset it stands for less.</param>
public sealed record GroupToken(int Partition, long NextOffset, string Token);

namespace FuncQueue.Engine.Topics;

/// <summary>What a pass of forwarding did.</summary>
/// <param name="Visited">Topics that had been marked.</param>
/// <param name="Left">Of those, how many have still something to forward, or could not be looked at.</param>
public sealed record ForwardReport(int Visited, int Left);

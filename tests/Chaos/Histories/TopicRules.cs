namespace FuncQueue.Chaos.Histories;

/// <summary>What is known of a topic beyond who publishes to it and whom it routes to.</summary>
/// <param name="Source">The topic from which all of its records come, each of that topic once; null: publishers publish to it.</param>
/// <param name="IsRetained">Whether its first records may be gone in the end, if they are where they were routed to.</param>
public sealed record TopicRules(string Name, string? Source = null, bool IsRetained = false);

namespace FuncQueue.Chaos.Checking;

/// <summary>A rule broken, and by what; <c>MessageIds</c> are the messages concerned.</summary>
public sealed record Violation(Rule Rule, string What, params IReadOnlyList<string> MessageIds);

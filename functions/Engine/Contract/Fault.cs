namespace FuncQueue.Engine;

/// <summary>One fault of a request: the JSON-style path of the offending part, and what is wrong with it.</summary>
public sealed record Fault(string Field, string Detail);

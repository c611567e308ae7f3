namespace FuncQueue.Engine.Keys;

/// <summary>The condition of a PUT: an ETag that must match (<c>*</c>: any), or that the key must not exist. Both unset: none.</summary>
public readonly record struct KeyCondition(string? IfMatch, bool IfNoneMatch);

namespace FuncQueue.Engine.Topics;

/// <summary>The condition of a PUT: an ETag that must match, or that the topic must not exist. Both unset: none.</summary>
public readonly record struct TopicCondition(string? IfMatch, bool IfNoneMatch);

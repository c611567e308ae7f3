namespace FuncQueue.Engine.Topics;

/// <summary>A page of topics in the order of their names; <c>Continuation</c> is null on the last.</summary>
public sealed record TopicPage(IReadOnlyList<TopicInfo> Topics, string? Continuation);

namespace FuncQueue.Engine;

/// <summary>A page of groups, those with the oldest messages first; <c>Continuation</c> is null on the last.</summary>
public sealed record GroupPage(IReadOnlyList<GroupStatus> Groups, string? Continuation);

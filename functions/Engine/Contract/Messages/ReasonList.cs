namespace FuncQueue.Engine;

/// <summary>The reasons of a queue's dead letters, those with the most first.</summary>
/// <param name="IsWhole">
/// False: there are more dead letters than <see cref="Limits.MaxExaminedDeadLetters"/>, or more reasons than
/// <see cref="Limits.MaxReasons"/>, and what goes beyond is left out.
/// </param>
public sealed record ReasonList(IReadOnlyList<ReasonSummary> Reasons, bool IsWhole);

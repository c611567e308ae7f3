namespace FuncQueue.Client;

/// <summary>A part of a list.</summary>
/// <typeparam name="T">What is listed.</typeparam>
/// <param name="Items">The part.</param>
/// <param name="Continuation">Gets the next part; null at the end.</param>
public sealed record FuncQueuePage<T>(IReadOnlyList<T> Items, string? Continuation);

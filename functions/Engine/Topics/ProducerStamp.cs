namespace FuncQueue.Engine.Topics;

/// <summary>
/// What makes a repeat of a publish one, for a producer that counts: of each partition, what it sends there has consecutive numbers.
/// </summary>
/// <param name="Id">The producer, 1 to <see cref="Limits.MaxIdLength"/> characters.</param>
/// <param name="Epoch">Of a producer that was started anew, a greater one: whoever has a smaller one is fenced.</param>
/// <param name="Sequence">Of the record, or of the first of an atomic batch. The first of all may be any.</param>
public sealed record ProducerStamp(string Id, long Epoch, long Sequence);

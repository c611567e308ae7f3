namespace FuncQueue.Client;

/// <summary>A message that is stored.</summary>
/// <param name="MessageId">The id by which the queue knows it.</param>
/// <param name="EnqueuedAt">When it was stored, by the server's clock.</param>
/// <param name="Duplicate">Whether it was there already: the id is the first one's.</param>
/// <param name="SequenceNumber">Its place in a FIFO queue.</param>
public sealed record SendResult(Guid MessageId, DateTimeOffset EnqueuedAt, bool Duplicate, long? SequenceNumber = null);

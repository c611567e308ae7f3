namespace FuncQueue.Chaos.Histories;

/// <summary>
/// A queue was deleted, and made again afterwards. From the end on, what was in it is gone, and what is sent to it stays.
/// </summary>
/// <param name="Began">When the first attempt began.</param>
/// <param name="Ended">When an attempt was answered that the queue is gone.</param>
public sealed record Deletion(string Queue, DateTimeOffset Began, DateTimeOffset Ended);

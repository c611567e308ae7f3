namespace FuncQueue.Engine;

/// <summary>A dequeue: up to <c>MaxMessages</c> (1 to 100), waiting up to <c>Wait</c> for the first.</summary>
public sealed record DequeueRequest
{
    public int MaxMessages { get; init; } = 1;

    public TimeSpan Wait { get; init; }

    /// <summary>Null: the queue's setting. Zero is allowed: the message is visible again at once.</summary>
    public TimeSpan? VisibilityTimeout { get; init; }

    /// <summary>At most once: the message is gone when it is handed out; it carries no receipt.</summary>
    public bool Delete { get; init; }
}

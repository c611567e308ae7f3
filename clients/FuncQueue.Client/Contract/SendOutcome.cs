namespace FuncQueue.Client;

/// <summary>What became of one message of a batch: a result, or a reason.</summary>
public sealed record SendOutcome
{
    /// <summary>The stored message; null where it was not stored, or where that is not known.</summary>
    public SendResult? Result { get; init; }

    /// <summary>Why not; null where it was stored.</summary>
    public FuncQueueException? Failure { get; init; }

    /// <summary>Whether the message is stored.</summary>
    public bool IsSent => Result is not null;

    /// <summary>The result.</summary>
    /// <exception cref="FuncQueueException">The message was not stored, or that is not known.</exception>
    public SendResult GetResult() => Result ?? throw Failure ?? new FuncQueueException("The message was not sent.");
}

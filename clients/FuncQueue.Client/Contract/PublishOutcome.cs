namespace FuncQueue.Client;

/// <summary>What became of one record of a batch: a result, or a reason.</summary>
public sealed record PublishOutcome
{
    /// <summary>The stored record; null where it was not stored, or where that is not known.</summary>
    public PublishResult? Result { get; init; }

    /// <summary>Why not; null where it was stored.</summary>
    public FuncQueueException? Failure { get; init; }

    /// <summary>Whether the record is stored.</summary>
    public bool IsPublished => Result is not null;

    /// <summary>The result.</summary>
    /// <exception cref="FuncQueueException">The record was not stored, or that is not known.</exception>
    public PublishResult GetResult() => Result ?? throw Failure ?? new FuncQueueException("The record was not published.");
}

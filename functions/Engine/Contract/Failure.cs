namespace FuncQueue.Engine;

/// <summary>Every failure that a caller of the engine must expect: a closed set, each a stable <c>code</c> of the HTTP API.</summary>
public abstract record Failure
{
    private Failure()
    {
    }

    /// <summary>The request cannot be carried out as written; each fault is named. Nothing happened.</summary>
    public sealed record Invalid(IReadOnlyList<Fault> Faults) : Failure;

    public sealed record QueueNotFound(QueueName Queue) : Failure;

    public sealed record MessageNotFound : Failure;

    /// <summary>The queue exists with another value of a setting that is fixed at creation. Nothing happened.</summary>
    public sealed record QueueTypeMismatch(string Detail) : Failure;

    /// <summary>If-Match or If-None-Match did not hold. Nothing happened.</summary>
    public sealed record PreconditionFailed : Failure;

    /// <summary>The body is longer than <see cref="Limits.MaxBodyBytes"/>. Nothing happened.</summary>
    public sealed record MessageTooLarge : Failure;

    /// <summary>This process has as much work waiting as it takes on. Nothing happened.</summary>
    public sealed record Overloaded(TimeSpan RetryAfter) : Failure;

    /// <summary>Storage could not be reached or refused. Nothing happened.</summary>
    public sealed record StorageUnavailable(TimeSpan RetryAfter) : Failure;

    /// <summary>Storage asked to slow down. Nothing happened.</summary>
    public sealed record StorageThrottled(TimeSpan RetryAfter) : Failure;

    /// <summary>The answer of storage was lost and a second look did not settle it: it may have happened, or may happen yet.</summary>
    public sealed record OutcomeUnknown(TimeSpan RetryAfter) : Failure;

    /// <summary>The table of this generation of the queue is gone: look the queue up again. Never leaves the engine. Nothing happened.</summary>
    internal sealed record QueueGone : Failure;
}

/// <summary>One fault of a request: the JSON-style path of the offending part, and what is wrong with it.</summary>
public sealed record Fault(string Field, string Detail);

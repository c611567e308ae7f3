using System.Net;

namespace FuncQueue.Client;

/// <summary>A call that failed, with the reason that the server gave or that the client found.</summary>
public sealed class FuncQueueException : Exception
{
    /// <summary>Makes one, for tests and for wrapping.</summary>
    public FuncQueueException(FuncQueueErrorReason reason, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        Reason = reason;
    }

    /// <summary>Makes one without a known reason.</summary>
    public FuncQueueException() { }

    /// <summary>Makes one without a known reason.</summary>
    public FuncQueueException(string message)
        : base(message) { }

    /// <summary>Makes one without a known reason.</summary>
    public FuncQueueException(string message, Exception innerException)
        : base(message, innerException) { }

    /// <summary>Why the call failed.</summary>
    public FuncQueueErrorReason Reason { get; }

    /// <summary>The code as the server wrote it; null where no server answered.</summary>
    public string? Code { get; init; }

    /// <summary>The status of the answer; null where no server answered.</summary>
    public HttpStatusCode? Status { get; init; }

    /// <summary>How long the server asks its callers to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The faults of a request, all of them.</summary>
    public IReadOnlyList<FuncQueueFault> Errors { get; init; } = [];

    /// <summary>The partition's next offset, where <see cref="Reason"/> is <see cref="FuncQueueErrorReason.OffsetMismatch"/>.</summary>
    public long? NextOffset { get; init; }

    /// <summary>Whether the same call may succeed later. Whether it may be repeated is another question.</summary>
    public bool IsTransient =>
        Reason
            is FuncQueueErrorReason.Unreachable
                or FuncQueueErrorReason.OutcomeUnknown
                or FuncQueueErrorReason.Overloaded
                or FuncQueueErrorReason.StorageUnavailable
                or FuncQueueErrorReason.StorageThrottled
        || Status >= HttpStatusCode.InternalServerError;
}

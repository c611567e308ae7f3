namespace FuncQueue.Chaos.Inside;

/// <summary>What may befall a request to storage.</summary>
public enum StorageFaultKind
{
    /// <summary>503 with Retry-After; nothing was done.</summary>
    Throttled,

    /// <summary>503, although the request was carried out.</summary>
    ThrottledAfter,

    /// <summary>500; nothing was done.</summary>
    ErrorBefore,

    /// <summary>500, although the request was carried out.</summary>
    ErrorAfter,

    /// <summary>The request never arrives; the sender waits, then gives up.</summary>
    LostRequest,

    /// <summary>The request is carried out; the sender waits for the answer, then gives up.</summary>
    LostAnswer,

    /// <summary>The sender gives up, and the request arrives afterwards.</summary>
    LateArrival,

    /// <summary>This write and the next few of the same table are lost, one way or another: those by which a call finds out, too.</summary>
    LostInARow,

    /// <summary>The connection is refused.</summary>
    Refused,

    /// <summary>The request takes its time to arrive.</summary>
    SlowRequest,

    /// <summary>The answer takes its time.</summary>
    SlowAnswer,

    /// <summary>Somebody else has changed the rows just before: a write that names an ETag meets 412.</summary>
    Contended,
}

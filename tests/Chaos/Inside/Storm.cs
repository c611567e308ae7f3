namespace FuncQueue.Chaos.Inside;

/// <summary>What may befall a request to storage.</summary>
public enum StorageFaultKind
{
    /// <summary>503 with Retry-After; nothing was done.</summary>
    Throttled,

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

    /// <summary>The connection is refused.</summary>
    Refused,

    /// <summary>The request takes its time to arrive.</summary>
    SlowRequest,

    /// <summary>The answer takes its time.</summary>
    SlowAnswer,

    /// <summary>Somebody else has changed the rows just before: a write that names an ETag meets 412.</summary>
    Contended,
}

/// <summary>For a while, each request meets one of some faults with a certain probability.</summary>
public sealed record Storm
{
    public required IReadOnlyList<StorageFaultKind> Kinds { get; init; }

    /// <summary>Of 1.</summary>
    public required double Probability { get; init; }

    public required double Seconds { get; init; }

    public required int Seed { get; init; }
}

/// <summary>What the run asks of a process; what is left out stays as it is.</summary>
public sealed record Orders
{
    public double? ClockOffsetMilliseconds { get; init; }

    /// <summary>Begins a storm; one of probability zero ends all.</summary>
    public Storm? Storm { get; init; }

    /// <summary>From now on at most so many entities a second in one partition; the rest meets 503. 0: no limit.</summary>
    public int? EntitiesPerSecond { get; init; }
}

/// <summary>What a process has met since it started.</summary>
public sealed record FaultReport
{
    public required IReadOnlyDictionary<StorageFaultKind, long> Faults { get; init; }

    public required long Requests { get; init; }

    /// <summary>Requests that the limit of entities a second refused.</summary>
    public required long OverTheLimit { get; init; }

    public long Total => Faults.Values.Sum() + OverTheLimit;
}

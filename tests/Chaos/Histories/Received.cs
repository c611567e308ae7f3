namespace FuncQueue.Chaos.Histories;

/// <summary>One dequeue call.</summary>
public sealed record Received
{
    public required string Queue { get; init; }

    /// <summary>The process that was asked.</summary>
    public required int Process { get; init; }

    public required DateTimeOffset Began { get; init; }

    public required DateTimeOffset Ended { get; init; }

    public required Ending Ending { get; init; }

    public required int MaxMessages { get; init; }

    /// <summary><c>mode=delete</c>: at most once, no lease.</summary>
    public bool Delete { get; init; }

    /// <summary>The run knew during the whole call that the process's clock was further off than claims allow.</summary>
    public bool ClockWasOff { get; init; }

    public IReadOnlyList<Delivery> Deliveries { get; init; } = [];
}

/// <summary>One message of an answer. Instants are right time: the server's own, less what its clock was ahead.</summary>
public sealed record Delivery
{
    public required string MessageId { get; init; }

    public required string Key { get; init; }

    /// <summary>Null: the body was not read.</summary>
    public required string? Digest { get; init; }

    public required int DeliveryCount { get; init; }

    /// <summary>Names the lease; empty with <c>mode=delete</c>.</summary>
    public required string Lease { get; init; }

    /// <summary>The latest instant at which the lease can have begun.</summary>
    public required DateTimeOffset BeganBy { get; init; }

    /// <summary>The earliest instant at which the lease can have begun.</summary>
    public required DateTimeOffset BeganFrom { get; init; }

    /// <summary>Until when the lease certainly holds, if nobody settles it.</summary>
    public required DateTimeOffset HeldUntil { get; init; }

    public string? Group { get; init; }

    public long? SequenceNumber { get; init; }

    /// <summary>The id before a redrive.</summary>
    public string? OriginalMessageId { get; init; }
}

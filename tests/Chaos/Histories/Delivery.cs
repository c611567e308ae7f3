namespace FuncQueue.Chaos.Histories;

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

    /// <summary>The record that it comes from; null: it was sent to the queue.</summary>
    public RecordPlace? Source { get; init; }

    /// <summary>The id before a redrive.</summary>
    public string? OriginalMessageId { get; init; }
}

namespace FuncQueue.Engine.Topics;

/// <summary>A record as a caller hands it over.</summary>
public sealed record PublishRequest
{
    public required MessageBody Body { get; init; }

    /// <summary>Kept and handed back as it is; null becomes <c>application/octet-stream</c>.</summary>
    public string? ContentType { get; init; }

    public IReadOnlyDictionary<string, string> Attributes { get; init; } = new Dictionary<string, string>();

    /// <summary>Records of one key are in one partition, and in order; in a FIFO queue it is their group.</summary>
    public string? Key { get; init; }

    /// <summary>Words between dots, which filters match; null is the empty one.</summary>
    public string? RoutingKey { get; init; }

    /// <summary>The partition to store it in; null: by key, else by deduplication id, else as this process likes.</summary>
    public int? Partition { get; init; }

    /// <summary>Whether it is refused, as <see cref="Failure.Unroutable"/>, when nobody takes it.</summary>
    public bool Mandatory { get; init; }

    public string? DeduplicationId { get; init; }

    /// <summary>The number that its producer has given it; only with a key or a partition, and without a deduplication id.</summary>
    public ProducerStamp? Producer { get; init; }

    /// <summary>The offset that it must get, or <see cref="Failure.OffsetMismatch"/>; only with a key or a partition.</summary>
    public long? ExpectedOffset { get; init; }

    /// <summary>How long a queue that it reaches holds it back, from when it enters there.</summary>
    public TimeSpan? Delay { get; init; }

    /// <summary>How long it lives in a queue that it reaches, from when it is due there.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>In a queue that it reaches: 0 (lowest, the default) to <see cref="Limits.MaxPriority"/>.</summary>
    public int? Priority { get; init; }

    /// <summary>W3C trace context of the publisher, handed on with the record.</summary>
    public string? TraceParent { get; init; }

    /// <summary>What goes with <see cref="TraceParent"/>.</summary>
    public string? TraceState { get; init; }
}

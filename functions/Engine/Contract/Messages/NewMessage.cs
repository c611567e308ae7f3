namespace FuncQueue.Engine;

/// <summary>A message as a caller hands it over. Times are relative to the enqueue; null means the queue's setting.</summary>
public sealed record NewMessage
{
    public required MessageBody Body { get; init; }

    /// <summary>Kept and handed back as it is; null becomes <c>application/octet-stream</c>.</summary>
    public string? ContentType { get; init; }

    public IReadOnlyDictionary<string, string> Attributes { get; init; } = new Dictionary<string, string>();

    /// <summary>How long to hold the message back; excludes <see cref="EnqueueAt"/>.</summary>
    public TimeSpan? Delay { get; init; }

    /// <summary>When to make the message ready; in the past means now.</summary>
    public DateTimeOffset? EnqueueAt { get; init; }

    /// <summary>How long it lives from the instant at which it is due.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>0 (lowest, the default) to <see cref="Limits.MaxPriority"/>.</summary>
    public int? Priority { get; init; }

    public string? GroupId { get; init; }

    public string? DeduplicationId { get; init; }

    /// <summary>W3C trace context of the producer, handed back with the message.</summary>
    public string? TraceParent { get; init; }

    /// <summary>What goes with <see cref="TraceParent"/>.</summary>
    public string? TraceState { get; init; }
}

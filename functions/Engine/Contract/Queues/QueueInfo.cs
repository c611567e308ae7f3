namespace FuncQueue.Engine;

/// <summary>A queue as its registry row says, without looking at its messages.</summary>
public sealed record QueueInfo
{
    public required QueueName Name { get; init; }

    public required QueueSettings Settings { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the settings, tags or annotations last changed.</summary>
    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>Opaque, without quotes; changes with every change of the settings, tags or annotations.</summary>
    public required string ETag { get; init; }

    /// <summary>Opaque; changes with every write, of notes too.</summary>
    public required string RowTag { get; init; }
}

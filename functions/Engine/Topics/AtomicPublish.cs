namespace FuncQueue.Engine.Topics;

/// <summary>Records that are stored together, next to each other, or not at all.</summary>
public sealed record AtomicPublish
{
    /// <summary>
    /// Their bodies and what belongs to each; what holds for all of them stands in the members below, and in none of these.
    /// </summary>
    public required IReadOnlyList<PublishRequest> Records { get; init; }

    public string? Key { get; init; }

    public int? Partition { get; init; }

    public string? DeduplicationId { get; init; }

    /// <summary>The number that their producer has given the first; the others follow it.</summary>
    public ProducerStamp? Producer { get; init; }

    /// <summary>The offset that the first must get.</summary>
    public long? ExpectedOffset { get; init; }
}

namespace FuncQueue.Client;

/// <summary>What holds for records that are published together, all or none.</summary>
public sealed class AtomicPublishOptions
{
    /// <summary>The key of all.</summary>
    public string? Key { get; set; }

    /// <summary>The partition of all, instead of a key.</summary>
    public int? Partition { get; set; }

    /// <summary>Makes a repeat of the whole a no-op. Without it a lost answer is not repeated.</summary>
    public string? DeduplicationId { get; set; }

    /// <summary>Stores nothing where the next offset is another.</summary>
    public long? ExpectedOffset { get; set; }
}

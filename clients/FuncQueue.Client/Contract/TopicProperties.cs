using System.Text.Json.Serialization;
using FuncQueue.Client.Json;

namespace FuncQueue.Client;

/// <summary>A topic as it is.</summary>
public sealed class TopicProperties : IVersioned
{
    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>1 to 32.</summary>
    public int Partitions { get; init; }

    /// <summary>How long records are kept.</summary>
    [JsonPropertyName("retentionSeconds"), JsonConverter(typeof(SecondsConverter))]
    public TimeSpan? Retention { get; init; }

    /// <summary>The queue that takes what no subscription takes.</summary>
    public string? AlternateQueue { get; init; }

    /// <summary>How long a deduplication id is remembered.</summary>
    [JsonPropertyName("deduplicationWindowSeconds"), JsonConverter(typeof(SecondsConverter))]
    public TimeSpan? DeduplicationWindow { get; init; }

    /// <summary>Whether a record without a deduplication id is known by its body.</summary>
    public bool ContentBasedDeduplication { get; init; }

    /// <summary>Names and values of the owner's own.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>When it was created.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>What each partition has; null in lists.</summary>
    public IReadOnlyList<PartitionOffsets>? Offsets { get; init; }

    /// <summary>The version of its settings, for changes on condition; null in lists.</summary>
    [JsonIgnore]
    public string? ETag { get; internal set; }

    string? IVersioned.ETag
    {
        set => ETag = value;
    }
}

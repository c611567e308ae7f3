using System.Text.Json.Serialization;

namespace FuncQueue.Engine.Topics;

/// <summary>The settings of a topic, all of them. Ranges: <see cref="Limits"/>.</summary>
public sealed record TopicSettings
{
    /// <summary>1 to <see cref="Limits.MaxPartitions"/>; fixed at creation.</summary>
    public int Partitions { get; init; } = 4;

    /// <summary>
    /// How long a record is kept for readers at least; null: for ever. What a subscription has not taken yet is kept longer.
    /// </summary>
    public TimeSpan? Retention { get; init; } = TimeSpan.FromSeconds(86_400);

    /// <summary>
    /// How many bytes of a partition are kept at least; null: as many as there are. Whichever comes first, this or <see cref="Retention"/>.
    /// </summary>
    public long? RetentionBytes { get; init; }

    /// <summary>Whether what a group has not committed is kept longer, too.</summary>
    public bool KeepForGroups { get; init; }

    /// <summary>Whether of each key the newest record stays, for good, and older ones go.</summary>
    public bool Compact { get; init; }

    /// <summary>How long the newest record of a key stays at least on a topic that is compacted, if its body is empty.</summary>
    public TimeSpan TombstoneTime { get; init; } = TimeSpan.FromSeconds(86_400);

    /// <summary>The queue that takes what no subscription takes; null: nobody does.</summary>
    public string? AlternateQueue { get; init; }

    public TimeSpan DeduplicationWindow { get; init; } = TimeSpan.FromSeconds(300);

    public bool ContentBasedDeduplication { get; init; }

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// What another protocol than the HTTP API keeps with the topic, under names of its own; the HTTP API neither shows nor takes it. Kept
    /// in a column of its own: see <see cref="Limits.MaxAnnotationsLength"/>.
    /// </summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();
}

[JsonSerializable(typeof(TopicSettings))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class TopicSettingsJson : JsonSerializerContext;

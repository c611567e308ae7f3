using System.Text.Json.Serialization;
using FuncQueue.Client.Json;

namespace FuncQueue.Client;

/// <summary>
/// What to create a topic with, or to change of one: what is null stays as it is, or takes the default on a new topic. "For ever" is
/// <see cref="Timeout.InfiniteTimeSpan"/>.
/// </summary>
public sealed class TopicSettings
{
    /// <summary>1 to 32; fixed at creation.</summary>
    public int? Partitions { get; set; }

    /// <summary>How long records are kept.</summary>
    [JsonPropertyName("retentionSeconds"), JsonConverter(typeof(SecondsConverter))]
    public TimeSpan? Retention { get; set; }

    /// <summary>The queue that takes what no subscription takes.</summary>
    public string? AlternateQueue { get; set; }

    /// <summary>How long a deduplication id is remembered.</summary>
    [JsonPropertyName("deduplicationWindowSeconds"), JsonConverter(typeof(SecondsConverter))]
    public TimeSpan? DeduplicationWindow { get; set; }

    /// <summary>Whether a record without a deduplication id is known by its body.</summary>
    public bool? ContentBasedDeduplication { get; set; }

    /// <summary>Names and values of the owner's own.</summary>
    public IDictionary<string, string>? Tags { get; set; }
}

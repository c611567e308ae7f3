using System.Text.Json.Serialization;
using FuncQueue.Client.Json;

namespace FuncQueue.Client;

/// <summary>A queue as it is. Values read "none" and "no limit" as <see cref="QueueSettings"/> writes them.</summary>
public sealed class QueueProperties : IVersioned
{
    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary><c>standard</c> or <c>fifo</c>.</summary>
    public string Type { get; init; } = "standard";

    /// <summary>How long a message is leased where the receiver does not say.</summary>
    [JsonPropertyName("visibilityTimeoutSeconds"), JsonConverter(typeof(SecondsConverter))]
    public TimeSpan? VisibilityTimeout { get; init; }

    /// <summary>Deliveries before a message is dead-lettered.</summary>
    [JsonConverter(typeof(LimitConverter))]
    public int? MaxDeliveryCount { get; init; }

    /// <summary>How long a message lives.</summary>
    [JsonPropertyName("messageTtlSeconds"), JsonConverter(typeof(SecondsConverter))]
    public TimeSpan? MessageTimeToLive { get; init; }

    /// <summary><c>drop</c> or <c>deadletter</c>.</summary>
    public string? OnExpiry { get; init; }

    /// <summary>How long a message is held back where its sender does not say.</summary>
    [JsonPropertyName("delaySeconds"), JsonConverter(typeof(SecondsConverter))]
    public TimeSpan? Delay { get; init; }

    /// <summary>How long a deduplication id is remembered.</summary>
    [JsonPropertyName("deduplicationWindowSeconds"), JsonConverter(typeof(SecondsConverter))]
    public TimeSpan? DeduplicationWindow { get; init; }

    /// <summary>Whether a message without a deduplication id is known by its body.</summary>
    public bool ContentBasedDeduplication { get; init; }

    /// <summary>1 to 32.</summary>
    public int Shards { get; init; }

    /// <summary>How long a nacked message waits.</summary>
    public RetryBackoff? RetryBackoff { get; init; }

    /// <summary>How long a dead letter lives.</summary>
    [JsonPropertyName("deadLetterTtlSeconds"), JsonConverter(typeof(SecondsConverter))]
    public TimeSpan? DeadLetterTimeToLive { get; init; }

    /// <summary>What the queue refuses.</summary>
    public string? State { get; init; }

    /// <summary>Names and values of the owner's own.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>When it was created.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Its messages by status; null in lists.</summary>
    public QueueCounts? Counts { get; init; }

    /// <summary>What happened since creation; null in lists.</summary>
    public QueueTotals? Totals { get; init; }

    /// <summary>Of ready and leased messages; null where there are none, and in lists.</summary>
    public long? OldestMessageAgeSeconds { get; init; }

    /// <summary>The topics that forward to it; null in lists.</summary>
    public IReadOnlyList<QueueSubscription>? Subscriptions { get; init; }

    /// <summary>The version of its settings, for changes on condition; null in lists.</summary>
    [JsonIgnore]
    public string? ETag { get; internal set; }

    string? IVersioned.ETag
    {
        set => ETag = value;
    }
}

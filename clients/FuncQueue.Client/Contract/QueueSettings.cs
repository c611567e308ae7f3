using System.Text.Json.Serialization;
using FuncQueue.Client.Json;

namespace FuncQueue.Client;

/// <summary>
/// What to create a queue with, or to change of one: what is null stays as it is, or takes the default on a new queue. "None" is
/// <see cref="Timeout.InfiniteTimeSpan"/>, "no limit" <see cref="NoLimit"/>.
/// </summary>
public sealed class QueueSettings
{
    /// <summary>As <see cref="MaxDeliveryCount"/>: never dead-letter for the number of deliveries.</summary>
    public const int NoLimit = int.MaxValue;

    /// <summary><c>standard</c> or <c>fifo</c>; fixed at creation.</summary>
    public string? Type { get; set; }

    /// <summary>How long a message is leased where the receiver does not say.</summary>
    [JsonPropertyName("visibilityTimeoutSeconds"), JsonConverter(typeof(SecondsConverter))]
    public TimeSpan? VisibilityTimeout { get; set; }

    /// <summary>Deliveries before a message is dead-lettered.</summary>
    [JsonConverter(typeof(LimitConverter))]
    public int? MaxDeliveryCount { get; set; }

    /// <summary>How long a message lives.</summary>
    [JsonPropertyName("messageTtlSeconds"), JsonConverter(typeof(SecondsConverter))]
    public TimeSpan? MessageTimeToLive { get; set; }

    /// <summary><c>drop</c> or <c>deadletter</c>.</summary>
    public string? OnExpiry { get; set; }

    /// <summary>How long a message is held back where its sender does not say.</summary>
    [JsonPropertyName("delaySeconds"), JsonConverter(typeof(SecondsConverter))]
    public TimeSpan? Delay { get; set; }

    /// <summary>How long a deduplication id is remembered.</summary>
    [JsonPropertyName("deduplicationWindowSeconds"), JsonConverter(typeof(SecondsConverter))]
    public TimeSpan? DeduplicationWindow { get; set; }

    /// <summary>Whether a message without a deduplication id is known by its body.</summary>
    public bool? ContentBasedDeduplication { get; set; }

    /// <summary>1 to 32.</summary>
    public int? Shards { get; set; }

    /// <summary>How long a nacked message waits.</summary>
    public RetryBackoff? RetryBackoff { get; set; }

    /// <summary>How long a dead letter lives.</summary>
    [JsonPropertyName("deadLetterTtlSeconds"), JsonConverter(typeof(SecondsConverter))]
    public TimeSpan? DeadLetterTimeToLive { get; set; }

    /// <summary><c>active</c>, <c>sendPaused</c>, <c>receivePaused</c> or <c>paused</c>.</summary>
    public string? State { get; set; }

    /// <summary>Names and values of the owner's own.</summary>
    public IDictionary<string, string>? Tags { get; set; }
}

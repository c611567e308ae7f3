using System.Text.Json.Serialization;
using FuncQueue.Client.Json;

namespace FuncQueue.Client;

/// <summary>A record of a topic.</summary>
public sealed class TopicRecord
{
    private BinaryData? body;

    /// <summary>Its partition, where several were read.</summary>
    public int? Partition { get; init; }

    /// <summary>Its place in the partition.</summary>
    public long Offset { get; init; }

    /// <summary>Its id.</summary>
    public Guid MessageId { get; init; }

    /// <summary>When it was stored.</summary>
    public DateTimeOffset PublishedAt { get; init; }

    /// <summary>What it is in order with.</summary>
    public string? Key { get; init; }

    /// <summary>By what subscriptions chose.</summary>
    public string? RoutingKey { get; init; }

    /// <summary>The media type of the body.</summary>
    public string ContentType { get; init; } = "application/octet-stream";

    /// <summary>Names as they were sent; in lower case where they came in headers.</summary>
    public IReadOnlyDictionary<string, string> Attributes { get; init; } = new Dictionary<string, string>();

    /// <summary>The body; null where it lies in a blob and was not read.</summary>
    [JsonIgnore]
    public BinaryData? Body
    {
        get => body ??= (TextBody ?? Base64Body) is { } bytes ? BinaryData.FromBytes(bytes) : null;
        init => body = value;
    }

    /// <summary>The trace that it was published in.</summary>
    [JsonPropertyName("traceparent")]
    public string? TraceParent { get; init; }

    /// <summary>What goes with <see cref="TraceParent"/>.</summary>
    [JsonPropertyName("tracestate")]
    public string? TraceState { get; init; }

    [JsonInclude, JsonPropertyName("body"), JsonConverter(typeof(TextBodyConverter))]
    internal byte[]? TextBody { get; init; }

    [JsonInclude, JsonPropertyName("bodyBase64")]
    internal byte[]? Base64Body { get; init; }

    internal void Load(BinaryData bytes) => body = bytes;
}

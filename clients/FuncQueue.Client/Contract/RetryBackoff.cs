using System.Text.Json.Serialization;
using FuncQueue.Client.Json;

namespace FuncQueue.Client;

/// <summary>How long a nacked message waits: it doubles with each delivery.</summary>
public sealed class RetryBackoff
{
    /// <summary>After the first delivery.</summary>
    [JsonPropertyName("initialSeconds"), JsonConverter(typeof(SecondsConverter))]
    public TimeSpan? Initial { get; set; }

    /// <summary>At most.</summary>
    [JsonPropertyName("maxSeconds"), JsonConverter(typeof(SecondsConverter))]
    public TimeSpan? Max { get; set; }
}

using System.Text.Json.Serialization;

namespace FuncQueue.Client.Json;

/// <summary>How long the former key stays good.</summary>
internal sealed class KeyRotation
{
    [JsonPropertyName("overlapSeconds"), JsonConverter(typeof(SecondsConverter))]
    public TimeSpan? Overlap { get; set; }
}

using System.Text.Json.Serialization;

namespace FuncQueue.Client;

/// <summary>A key as it is.</summary>
public sealed class AccessKey
{
    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>The key itself, which only its creation and rotation tell. A secret.</summary>
    [JsonPropertyName("key")]
    public string? Secret { get; init; }

    /// <summary>What it may do.</summary>
    public IReadOnlyList<string> Rights { get; init; } = [];

    /// <summary>Where it may do that.</summary>
    public IReadOnlyList<string> Resources { get; init; } = [];

    /// <summary>When it ends by itself.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it was created.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Until when the key before the last rotation is good.</summary>
    public DateTimeOffset? FormerKeyExpiresAt { get; init; }
}

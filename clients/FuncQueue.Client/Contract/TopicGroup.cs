using System.Text.Json.Serialization;
using FuncQueue.Client.Json;

namespace FuncQueue.Client;

/// <summary>A group of readers of a topic as it is.</summary>
public sealed class TopicGroup
{
    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>When it first read.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Records that are not committed, of all partitions.</summary>
    public long Lag { get; init; }

    /// <summary>For how long the oldest of them has been stored.</summary>
    [JsonPropertyName("lagSeconds"), JsonConverter(typeof(SecondsConverter))]
    public TimeSpan? LagTime { get; init; }

    /// <summary>Who reads.</summary>
    public IReadOnlyList<TopicGroupMember> Members { get; init; } = [];

    /// <summary>How far it is.</summary>
    public IReadOnlyList<TopicGroupPartition> Partitions { get; init; } = [];
}

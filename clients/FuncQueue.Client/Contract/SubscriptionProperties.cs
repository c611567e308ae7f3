using System.Text.Json;
using System.Text.Json.Serialization;
using FuncQueue.Client.Json;

namespace FuncQueue.Client;

/// <summary>A subscription as it is.</summary>
public sealed class SubscriptionProperties : IVersioned
{
    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>The queue that takes the records.</summary>
    public string? Queue { get; init; }

    /// <summary>The topic that takes the records.</summary>
    public string? Topic { get; init; }

    /// <summary>The filters, any of which suffices.</summary>
    public IReadOnlyList<JsonElement> Filters { get; init; } = [];

    /// <summary>The group, in a FIFO queue, of records without a key.</summary>
    public string? GroupId { get; init; }

    /// <summary>When it was created.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Records routed to it and not yet taken; null where it was not asked.</summary>
    public long? Lag { get; init; }

    /// <summary>The version of its settings, for changes on condition; null in lists.</summary>
    [JsonIgnore]
    public string? ETag { get; internal set; }

    string? IVersioned.ETag
    {
        set => ETag = value;
    }
}

using System.Text.Json;

namespace FuncQueue.Client;

/// <summary>What to create a subscription with, or to change of one.</summary>
public sealed class SubscriptionSettings
{
    /// <summary>The queue that takes the records; fixed at creation.</summary>
    public string? Queue { get; set; }

    /// <summary>The topic that takes the records, instead of a queue.</summary>
    public string? Topic { get; set; }

    /// <summary>The filters as the HTTP API has them, any of which suffices; null or none: everything.</summary>
    public IReadOnlyList<JsonElement>? Filters { get; set; }

    /// <summary>Where to begin, as the HTTP API has it; at creation only. Null: now.</summary>
    public JsonElement? From { get; set; }

    /// <summary>The group, in a FIFO queue, of records without a key.</summary>
    public string? GroupId { get; set; }
}

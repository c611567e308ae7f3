using System.Text.Json;

namespace FuncQueue.Client;

/// <summary>Which messages a redrive or purge concerns: those for which all members hold.</summary>
public sealed class MessageFilter
{
    /// <summary>The dead letter's reason.</summary>
    public string? Reason { get; set; }

    /// <summary>The group.</summary>
    public string? GroupId { get; set; }

    /// <summary>Dead-lettered or enqueued before.</summary>
    public DateTimeOffset? Before { get; set; }

    /// <summary>Dead-lettered or enqueued after.</summary>
    public DateTimeOffset? After { get; set; }

    /// <summary>As the attribute filter of a subscription.</summary>
    public JsonElement? Attributes { get; set; }
}

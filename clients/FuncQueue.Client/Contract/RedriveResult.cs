using System.Text.Json;

namespace FuncQueue.Client;

/// <summary>What a redrive did, or would do.</summary>
public sealed class RedriveResult
{
    /// <summary>Dead letters that are live now.</summary>
    public long Moved { get; init; }

    /// <summary>Dead letters that are left.</summary>
    public long Remaining { get; init; }

    /// <summary>Of a dry run: how many there are.</summary>
    public long? Matching { get; init; }

    /// <summary>Of a dry run: up to three of them.</summary>
    public IReadOnlyList<JsonElement>? Examples { get; init; }
}

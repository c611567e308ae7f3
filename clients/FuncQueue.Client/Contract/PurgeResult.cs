using System.Text.Json;

namespace FuncQueue.Client;

/// <summary>What a purge did, or would do.</summary>
public sealed class PurgeResult
{
    /// <summary>Messages that are gone.</summary>
    public long Purged { get; init; }

    /// <summary>Whether nothing is left to do; otherwise call again.</summary>
    public bool Complete { get; init; }

    /// <summary>Of a dry run: how many there are.</summary>
    public long? Matching { get; init; }

    /// <summary>Of a dry run: up to three of them.</summary>
    public IReadOnlyList<JsonElement>? Examples { get; init; }
}

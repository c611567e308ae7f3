namespace FuncQueue.Chaos.Histories;

/// <summary>One attempt to publish one record.</summary>
public sealed record Published
{
    public required string Topic { get; init; }

    /// <summary>What makes the record this one. Attempts of one record share it.</summary>
    public required string Key { get; init; }

    public required string Digest { get; init; }

    /// <summary>What filters go by.</summary>
    public required string Colour { get; init; }

    /// <summary>The key that keeps its records in order; null: none.</summary>
    public string? OrderKey { get; init; }

    /// <summary>Rises with each record that the one publisher of an order key sends, who waits for each outcome.</summary>
    public long Position { get; init; }

    public required DateTimeOffset Began { get; init; }

    public required DateTimeOffset Ended { get; init; }

    public required Ending Ending { get; init; }

    /// <summary>The answer's; null unless the call is known to have succeeded.</summary>
    public RecordPlace? Place { get; init; }

    /// <summary>The answer's: how many subscriptions it was routed to.</summary>
    public int? Matched { get; init; }
}

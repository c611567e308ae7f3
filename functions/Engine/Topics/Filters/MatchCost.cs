namespace FuncQueue.Engine.Topics.Filters;

/// <summary>What it took to route one message, counted.</summary>
internal record struct MatchCost
{
    /// <summary>Filters that were held against the message; of what asks for a routing key only, none is.</summary>
    public int Examined { get; set; }

    /// <summary>Places in the trie of routing keys, once for each word.</summary>
    public int Places { get; set; }

    /// <summary>Whether the body was read.</summary>
    public bool ReadBody { get; set; }
}

namespace FuncQueue.Engine.Topics;

/// <summary>What became of a token.</summary>
public enum TokenStatus
{
    Ok,

    /// <summary>The partition has changed hands since, or was sought elsewhere: nothing happened.</summary>
    Fenced,

    /// <summary>It is none that was handed out for this group.</summary>
    Malformed,
}

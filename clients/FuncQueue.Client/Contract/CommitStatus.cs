namespace FuncQueue.Client;

/// <summary>What became of a token that was to be committed.</summary>
public enum CommitStatus
{
    /// <summary>It is committed.</summary>
    Ok,

    /// <summary>The partition has changed hands since, or was sought elsewhere: nothing was committed.</summary>
    Fenced,

    /// <summary>It is no token of this group.</summary>
    MalformedToken,
}

internal static class CommitStatuses
{
    public static CommitStatus Of(string status) =>
        status switch
        {
            "ok" => CommitStatus.Ok,
            "fenced" => CommitStatus.Fenced,
            _ => CommitStatus.MalformedToken,
        };
}

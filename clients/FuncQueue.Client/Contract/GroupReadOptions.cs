namespace FuncQueue.Client;

/// <summary>One read by a member of a group.</summary>
public sealed class GroupReadOptions
{
    /// <summary>1 to 1,000.</summary>
    public int MaxRecords { get; set; } = 100;

    /// <summary>How long to wait for a first one, up to 20 s.</summary>
    public TimeSpan Wait { get; set; }

    /// <summary>How long the partitions are the member's own from this read on, 10 s to 1 h.</summary>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Where a group begins that has not been there: <c>earliest</c>, <c>latest</c> or an instant (RFC 3339).</summary>
    public string From { get; set; } = "latest";

    /// <summary>Tokens of what is done, to be committed before.</summary>
    public IReadOnlyList<string> Commit { get; set; } = [];

    /// <summary>Tokens to go on behind. Of a partition without one, reading begins at what is committed.</summary>
    public IReadOnlyList<string> After { get; set; } = [];
}

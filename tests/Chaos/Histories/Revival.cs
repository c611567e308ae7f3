namespace FuncQueue.Chaos.Histories;

/// <summary>One call that makes dead letters live again: a redrive, or the resubmission of one.</summary>
public sealed record Revival
{
    public required string Queue { get; init; }

    /// <summary>The queue that they go to, which may be their own.</summary>
    public required string To { get; init; }

    public required DateTimeOffset Began { get; init; }

    public required DateTimeOffset Ended { get; init; }

    public required Ending Ending { get; init; }

    /// <summary>The one dead letter that is meant; null: as the prefix says.</summary>
    public string? MessageId { get; init; }

    /// <summary>The id of its first life, if it had one before: whoever looked for it was told.</summary>
    public string? OriginalMessageId { get; init; }

    /// <summary>How the keys of those begin that are meant; null: all are.</summary>
    public string? KeyPrefix { get; init; }

    /// <summary>The body that it was to have from then on; null: as before.</summary>
    public string? Digest { get; init; }

    /// <summary>The answer to a resubmission: the id that the message has from then on.</summary>
    public string? NewId { get; init; }

    /// <summary>The answer to a redrive: how many were moved.</summary>
    public long? Moved { get; init; }

    public bool MayHaveHappened => Ending != Ending.Failed && Moved != 0;

    /// <summary>Whether a message may live again by this call.</summary>
    /// <param name="ids">The ids that it had before.</param>
    public bool MayMean(string key, IEnumerable<string> ids) =>
        MayHaveHappened && (MessageId is { } one ? ids.Contains(one) : key.StartsWith(KeyPrefix ?? "", StringComparison.Ordinal));
}

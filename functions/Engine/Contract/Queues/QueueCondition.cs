namespace FuncQueue.Engine;

/// <summary>The condition of a PUT: an ETag that must match, or that the queue must not exist. Both unset: none.</summary>
public readonly record struct QueueCondition(string? IfMatch, bool IfNoneMatch)
{
    /// <summary>The <see cref="QueueInfo.RowTag"/> that must match: neither settings nor notes have changed. Null: no condition.</summary>
    public string? RowTag { get; init; }
}

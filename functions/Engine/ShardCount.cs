namespace FuncQueue.Engine;

/// <summary>What is in one shard; <c>Oldest</c> is when the oldest ready or leased message was enqueued.</summary>
internal sealed record ShardCount(MessageCounts Counts, DateTimeOffset? Oldest)
{
    /// <summary>Whether all scheduled messages were counted: when they are many, those far ahead are not.</summary>
    public bool KnowsScheduled { get; init; } = true;

    /// <summary>When the first of the counted scheduled messages come due, in that order.</summary>
    public IReadOnlyList<DueLater> Later { get; init; } = [];

    /// <summary>Of the messages that were scheduled, those that have come due.</summary>
    public int DueBy(DateTimeOffset now) => Later.Where(later => later.At <= now).Sum(later => later.Count);

    /// <summary>The counts with what time alone has made of them.</summary>
    public MessageCounts CountsAt(DateTimeOffset now) =>
        DueBy(now) is > 0 and var due ? Counts with { Ready = Counts.Ready + due, Scheduled = Counts.Scheduled - due } : Counts;

    /// <summary>Whether the other says the same.</summary>
    public bool SameAs(ShardCount other) =>
        Counts == other.Counts && Oldest == other.Oldest && KnowsScheduled == other.KnowsScheduled && Later.SequenceEqual(other.Later);
}

/// <summary>So many scheduled messages come due within the second that ends at <c>At</c>.</summary>
internal readonly record struct DueLater(DateTimeOffset At, int Count);

/// <summary>What was in one shard at an instant.</summary>
internal sealed record PastCount(ShardCount Count, DateTimeOffset At)
{
    private static readonly ShardCount Empty = new(default, null);

    public static PastCount Nothing(DateTimeOffset at) => new(Empty, at);
}

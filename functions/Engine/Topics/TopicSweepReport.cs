namespace FuncQueue.Engine.Topics;

/// <summary>What a sweep of topics did.</summary>
public sealed record TopicSweepReport
{
    public int TopicsVisited { get; init; }

    /// <summary>Records removed because they were past retention.</summary>
    public int RecordsRemoved { get; init; }

    public int PayloadsDeleted { get; init; }

    /// <summary>Deletions of topics that were finished.</summary>
    public int TopicsDeleted { get; init; }

    /// <summary>Topics that could not be swept; the next run tries again.</summary>
    public int TopicsFailed { get; init; }

    internal TopicSweepReport Plus(TopicSweepReport other) =>
        new()
        {
            TopicsVisited = TopicsVisited + other.TopicsVisited,
            RecordsRemoved = RecordsRemoved + other.RecordsRemoved,
            PayloadsDeleted = PayloadsDeleted + other.PayloadsDeleted,
            TopicsDeleted = TopicsDeleted + other.TopicsDeleted,
            TopicsFailed = TopicsFailed + other.TopicsFailed,
        };
}

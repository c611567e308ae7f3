namespace FuncQueue.Engine.Topics;

/// <summary>What a sweep of topics did.</summary>
public sealed record TopicSweepReport
{
    public int TopicsVisited { get; init; }

    /// <summary>Records removed because they were past retention.</summary>
    public int RecordsRemoved { get; init; }

    public int PayloadsDeleted { get; init; }

    /// <summary>Producers forgotten because they have stored nothing for so long that what they would repeat is gone.</summary>
    public int ProducersForgotten { get; init; }

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
            ProducersForgotten = ProducersForgotten + other.ProducersForgotten,
            TopicsDeleted = TopicsDeleted + other.TopicsDeleted,
            TopicsFailed = TopicsFailed + other.TopicsFailed,
        };
}

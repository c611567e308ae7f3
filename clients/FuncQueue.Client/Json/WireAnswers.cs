namespace FuncQueue.Client.Json;

/// <summary>What the server answers, where the public types are not that themselves.</summary>
internal sealed class WireAnswers<T>
{
    public List<T> Results { get; set; } = [];
}

internal sealed class WireSent
{
    public Guid? MessageId { get; set; }
    public DateTimeOffset EnqueuedAt { get; set; }
    public bool Duplicate { get; set; }
    public long? SequenceNumber { get; set; }
    public string? Code { get; set; }
    public string? Detail { get; set; }
}

internal sealed class WirePublished
{
    public Guid? MessageId { get; set; }
    public int Partition { get; set; }
    public long Offset { get; set; }
    public DateTimeOffset PublishedAt { get; set; }
    public int Matched { get; set; }
    public bool Duplicate { get; set; }
    public string? Code { get; set; }
    public string? Detail { get; set; }
}

internal sealed class WireSettled
{
    public string Status { get; set; } = "";
    public DateTimeOffset? VisibleAt { get; set; }
}

internal sealed class WireProblem
{
    public string? Title { get; set; }
    public string? Detail { get; set; }
    public string? Code { get; set; }
    public List<FuncQueueFault>? Errors { get; set; }
    public long? NextOffset { get; set; }
}

internal sealed class WireQueues
{
    public List<QueueProperties> Queues { get; set; } = [];
    public string? Continuation { get; set; }
}

internal sealed class WireTopics
{
    public List<TopicProperties> Topics { get; set; } = [];
    public string? Continuation { get; set; }
}

internal sealed class WireSubscriptions
{
    public List<SubscriptionProperties> Subscriptions { get; set; } = [];
}

internal sealed class WireKeys
{
    public List<AccessKey> Keys { get; set; } = [];
}

internal sealed class WireGroups
{
    public List<MessageGroup> Groups { get; set; } = [];
    public string? Continuation { get; set; }
}

internal sealed class WireRecords
{
    public List<TopicRecord> Records { get; set; } = [];
    public long NextOffset { get; set; }
    public long EndOffset { get; set; }
}

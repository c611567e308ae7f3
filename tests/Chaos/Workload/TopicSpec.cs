namespace FuncQueue.Chaos.Workload;

/// <summary>A topic of the workload, and the queues that it forwards to.</summary>
internal sealed record TopicSpec
{
    /// <summary>What records are routed by: the attribute <c>colour</c>.</summary>
    public static readonly IReadOnlyList<string> Colours = ["red", "blue", "grey"];

    /// <summary>Everything goes here, and what was sent from here may be asked for again.</summary>
    public static readonly QueueSpec Replayed = new()
    {
        Name = "replayed",
        IsFed = true,
        Shards = 2,
    };

    /// <summary>Everything goes here, key by key in order.</summary>
    public static readonly QueueSpec Ordered = new()
    {
        Name = "ordered.fifo",
        IsFed = true,
        IsFifo = true,
        Shards = 2,
    };

    /// <summary>Subscribed now and then.</summary>
    public static readonly QueueSpec Passing = new() { Name = "passing", IsFed = true };

    /// <summary>Takes one of two colours; the other is for <see cref="Right"/>.</summary>
    public static readonly QueueSpec Left = new() { Name = "left", IsFed = true };

    public static readonly QueueSpec Right = new()
    {
        Name = "right.fifo",
        IsFed = true,
        IsFifo = true,
    };

    /// <summary>Takes the colour that nobody wants.</summary>
    public static readonly QueueSpec Rest = new() { Name = "rest", IsFed = true };

    public static readonly IReadOnlyList<QueueSpec> Queues = [Replayed, Ordered, Passing, Left, Right, Rest];

    public static readonly TopicSpec Events = new() { Name = "events", Partitions = 3 };

    public static readonly TopicSpec Choices = new()
    {
        Name = "choices",
        Partitions = 2,
        AlternateQueue = Rest,
    };

    public static readonly IReadOnlyList<TopicSpec> All = [Events, Choices];

    public required string Name { get; init; }

    public required int Partitions { get; init; }

    /// <summary>Null: there is none.</summary>
    public QueueSpec? AlternateQueue { get; init; }

    public string Url => $"/topics/{Name}";

    public string Settings =>
        $$"""
            {"partitions":{{Partitions}},"retentionSeconds":null,"deduplicationWindowSeconds":3600,
            "alternateQueue":{{(AlternateQueue is { } queue ? $"\"{queue.Name}\"" : "null")}}}
            """;

    public string SubscriptionUrl(QueueSpec queue) => $"{Url}/subscriptions/{queue.Name}";

    public static string FiltersOn(string colour) => $$$"""[{"attributes":{"colour":["{{{colour}}}"]}}]""";

    /// <summary>Whether a call about topics may be refused so, with nothing done.</summary>
    public static bool Foresees(string? code, string url) =>
        (code == "offset-mismatch" && url.Contains("expectedOffset=", StringComparison.Ordinal))
        || (code == "subscription-not-found" && url.Contains("/subscriptions/passing", StringComparison.Ordinal))
        || (code is "topic-not-found" or "topic-deleting" && url.Contains("?drain=", StringComparison.Ordinal));
}

using System.Globalization;
using FuncQueue.Chaos.Histories;

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

    /// <summary>Takes everything, before retention removes it.</summary>
    public static readonly QueueSpec Kept = new() { Name = "kept", IsFed = true };

    /// <summary>Takes what comes through two topics.</summary>
    public static readonly QueueSpec Derived = new() { Name = "derived", IsFed = true };

    /// <summary>Takes everything as long as it is there, and is subscribed anew when it is made again.</summary>
    public static readonly QueueSpec Mortal = new()
    {
        Name = "mortal-target",
        IsFed = true,
        IsMortal = true,
        Shards = 2,
    };

    public static readonly IReadOnlyList<QueueSpec> Queues = [Replayed, Ordered, Passing, Left, Right, Rest, Kept, Derived, Mortal];

    public static readonly TopicSpec Events = new() { Name = "events", Partitions = 3 };

    public static readonly TopicSpec Choices = new()
    {
        Name = "choices",
        Partitions = 2,
        AlternateQueue = Rest,
    };

    /// <summary>Its records go as early as they can.</summary>
    public static readonly TopicSpec Brief = new()
    {
        Name = "brief",
        Partitions = 2,
        RetentionSeconds = 0,
    };

    /// <summary>Has what <see cref="Events"/> forwards to it, which is everything.</summary>
    public static readonly TopicSpec Copies = new()
    {
        Name = "copies",
        Partitions = 2,
        Source = Events,
    };

    /// <summary>In an order in which each is behind the one that forwards to it.</summary>
    public static readonly IReadOnlyList<TopicSpec> All = [Events, Choices, Brief, Copies];

    /// <summary>Those that publishers publish to.</summary>
    public static readonly IReadOnlyList<TopicSpec> Published = [Events, Choices, Brief];

    /// <summary>For whom nothing is.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> Nothing = new Dictionary<string, string[]>();

    public required string Name { get; init; }

    public required int Partitions { get; init; }

    /// <summary>Null: there is none.</summary>
    public QueueSpec? AlternateQueue { get; init; }

    /// <summary>Null: records stay for ever.</summary>
    public int? RetentionSeconds { get; init; }

    /// <summary>The topic that forwards everything to it; null: none does.</summary>
    public TopicSpec? Source { get; init; }

    public TopicRules Rules => new(Name, Source?.Name, IsRetained: RetentionSeconds is not null);

    public string Url => $"/topics/{Name}";

    public string Settings =>
        $$"""
            {"partitions":{{Partitions}},"retentionSeconds":{{RetentionSeconds?.ToString(CultureInfo.InvariantCulture)
                ?? "null"}},"deduplicationWindowSeconds":3600,
            "alternateQueue":{{(AlternateQueue is { } queue ? $"\"{queue.Name}\"" : "null")}}}
            """;

    public string SubscriptionUrl(QueueSpec queue) => $"{Url}/subscriptions/{queue.Name}";

    public static IReadOnlyDictionary<string, string[]> Everything(QueueSpec queue) =>
        Colours.ToDictionary(c => c, _ => new[] { queue.Name });

    public static string FiltersOn(string colour) => $$$"""[{"attributes":{"colour":["{{{colour}}}"]}}]""";

    /// <summary>Whether a call about topics may be refused so, with nothing done.</summary>
    public static bool Foresees(string? code, string url) =>
        (code == "offset-mismatch" && url.Contains("expectedOffset=", StringComparison.Ordinal))
        || (code == "subscription-not-found" && url.Contains("/subscriptions/passing", StringComparison.Ordinal))
        || (code == "queue-not-found" && url.EndsWith($"/subscriptions/{Mortal.Name}", StringComparison.Ordinal))
        || (code == "offset-expired" && url.StartsWith(Brief.Url + "/", StringComparison.Ordinal))
        || (code is "topic-not-found" or "topic-deleting" && url.Contains("?drain=", StringComparison.Ordinal));
}

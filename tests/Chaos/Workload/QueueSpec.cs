using FuncQueue.Chaos.Histories;

namespace FuncQueue.Chaos.Workload;

/// <summary>A queue of the workload and how it is used.</summary>
internal sealed record QueueSpec
{
    public required string Name { get; init; }

    public bool IsFifo { get; init; }

    /// <summary>Received with <c>mode=delete</c> only.</summary>
    public bool AtMostOnce { get; init; }

    /// <summary>Deleted and made again while it is in use.</summary>
    public bool IsMortal { get; init; }

    /// <summary>Nobody sends to it but topics.</summary>
    public bool IsFed { get; init; }

    public int Shards { get; init; } = 1;

    public int MaxDeliveryCount { get; init; } = 6;

    public TimeSpan VisibilityTimeout { get; init; } = TimeSpan.FromSeconds(4);

    public string Url => $"/queues/{Name}";

    public QueueRules Rules => new(Name, MaxDeliveryCount, IsFifo, IsFed);

    public string Settings =>
        $$"""
            {"type":"{{(IsFifo ? "fifo" : "standard")}}","shards":{{Shards}},"maxDeliveryCount":{{MaxDeliveryCount}},
            "visibilityTimeoutSeconds":{{(int)VisibilityTimeout.TotalSeconds}},"deduplicationWindowSeconds":3600}
            """;

    /// <summary>Whether callers may find this address without its queue.</summary>
    public static bool MayBeGone(string url) => url.StartsWith("/queues/mortal", StringComparison.Ordinal);

    /// <summary>What a run works on. Two queues of a kind, since one with several shards goes other ways than one with one.</summary>
    public static IReadOnlyList<QueueSpec> For(bool fifo) =>
        fifo
            ?
            [
                new QueueSpec { Name = "groups.fifo", IsFifo = true },
                new QueueSpec
                {
                    Name = "spread.fifo",
                    IsFifo = true,
                    Shards = 3,
                },
                new QueueSpec
                {
                    Name = "mortal.fifo",
                    IsFifo = true,
                    IsMortal = true,
                },
            ]
            :
            [
                new QueueSpec { Name = "work" },
                new QueueSpec { Name = "spread", Shards = 2 },
                new QueueSpec { Name = "once", AtMostOnce = true },
                new QueueSpec { Name = "mortal", IsMortal = true },
            ];
}

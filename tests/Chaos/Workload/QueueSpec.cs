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

    /// <summary>Until the storm is over, redrives mean dead letters with <see cref="SomeKeys"/> only.</summary>
    public bool RedrivesSome { get; init; }

    public int Shards { get; init; } = 1;

    public int MaxDeliveryCount { get; init; } = 6;

    public TimeSpan VisibilityTimeout { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>How the keys begin of what the second of all producers sends: what a redrive with a filter means.</summary>
    public const string SomeKeys = "p1-";

    public string Url => $"/queues/{Name}";

    public QueueRules Rules => new(Name, MaxDeliveryCount, IsFifo, IsFed);

    public string Settings =>
        $$"""
            {"type":"{{(IsFifo ? "fifo" : "standard")}}","shards":{{Shards}},"maxDeliveryCount":{{MaxDeliveryCount}},
            "visibilityTimeoutSeconds":{{(int)VisibilityTimeout.TotalSeconds}},"deduplicationWindowSeconds":3600}
            """;

    /// <summary>Whether callers may find this address without its queue.</summary>
    public static bool MayBeGone(string url) => url.StartsWith("/queues/mortal", StringComparison.Ordinal);

    /// <summary>Whether a call on one message may be refused so, with nothing done.</summary>
    public static bool Foresees(string? code, string url) =>
        code is "message-not-found" or "message-leased" && url.Contains("/messages/", StringComparison.Ordinal);

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
                    RedrivesSome = true,
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
                new QueueSpec
                {
                    Name = "spread",
                    Shards = 2,
                    RedrivesSome = true,
                },
                new QueueSpec { Name = "once", AtMostOnce = true },
                new QueueSpec { Name = "mortal", IsMortal = true },
            ];
}

namespace FuncQueue.Chaos.Histories;

/// <summary>One dequeue call.</summary>
public sealed record Received
{
    public required string Queue { get; init; }

    /// <summary>The process that was asked.</summary>
    public required int Process { get; init; }

    public required DateTimeOffset Began { get; init; }

    public required DateTimeOffset Ended { get; init; }

    public required Ending Ending { get; init; }

    public required int MaxMessages { get; init; }

    /// <summary><c>mode=delete</c>: at most once, no lease.</summary>
    public bool Delete { get; init; }

    /// <summary>The run knew during the whole call that the process's clock was further off than claims allow.</summary>
    public bool ClockWasOff { get; init; }

    public IReadOnlyList<Delivery> Deliveries { get; init; } = [];
}

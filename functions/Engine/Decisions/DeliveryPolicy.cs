namespace FuncQueue.Engine.Decisions;

/// <summary>What of a queue's settings and of this process decides about deliveries.</summary>
internal sealed record DeliveryPolicy
{
    /// <summary>By which part a backoff may be shorter.</summary>
    public const double MaxJitter = 0.2;

    public required MessageSource Source { get; init; }

    public required TimeSpan VisibilityTimeout { get; init; }

    /// <summary>Null: no limit, as for dead letters.</summary>
    public required int? MaxDeliveryCount { get; init; }

    public required ExpiryAction OnExpiry { get; init; }

    public required RetryBackoff RetryBackoff { get; init; }

    public required TimeSpan? DeadLetterTimeToLive { get; init; }

    public required TimeSpan ClockSkewBound { get; init; }

    /// <summary>The process that decides: its own leases need no allowance for clocks.</summary>
    public required ProcessId Process { get; init; }

    public bool AtLastDelivery(int deliveryCount) => MaxDeliveryCount is { } max && deliveryCount >= max;

    /// <summary>
    /// Exponential from the initial delay, doubled with each delivery, up to the cap; then up to a fifth less, so that messages that failed
    /// together do not come back together. By the lease, so that every process computes the same.
    /// </summary>
    public TimeSpan BackoffAfter(in MessageState message)
    {
        if (Source == MessageSource.DeadLetters || RetryBackoff.Initial <= TimeSpan.Zero)
            return TimeSpan.Zero;
        var doublings = Math.Clamp(message.DeliveryCount - 1, 0, 30);
        var seconds = Math.Min(RetryBackoff.Initial.TotalSeconds * Math.Pow(2, doublings), RetryBackoff.Max.TotalSeconds);
        return TimeSpan.FromSeconds(seconds * (1 - MaxJitter * message.LeaseId.Fraction));
    }

    public static DeliveryPolicy For(QueueSettings settings, MessageSource source, TimeSpan clockSkewBound, ProcessId process) =>
        new()
        {
            Source = source,
            VisibilityTimeout = settings.VisibilityTimeout,
            MaxDeliveryCount = source == MessageSource.Live ? settings.MaxDeliveryCount : null,
            OnExpiry = source == MessageSource.Live ? settings.OnExpiry : ExpiryAction.Drop,
            RetryBackoff = settings.RetryBackoff,
            DeadLetterTimeToLive = settings.DeadLetterTimeToLive,
            ClockSkewBound = clockSkewBound,
            Process = process,
        };
}

namespace FuncQueue.Client;

/// <summary>How a sender or publisher sends.</summary>
public sealed class FuncQueueSenderOptions
{
    /// <summary>
    /// Gives each message without a deduplication id one of its own, so that a send whose answer was lost is repeated safely. Costs the
    /// server a small row more for each message.
    /// </summary>
    public bool DeduplicationIds { get; set; } = true;

    /// <summary>How many requests a sender has under way: a second begins only where a full batch waits. 1 to 32.</summary>
    public int MaxConcurrentRequests { get; set; } = 4;
}

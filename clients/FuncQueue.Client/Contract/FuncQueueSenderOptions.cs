namespace FuncQueue.Client;

/// <summary>How a sender or publisher sends.</summary>
public sealed class FuncQueueSenderOptions
{
    /// <summary>
    /// Gives messages without a deduplication id one, so that a send whose answer was lost is repeated safely: one for each request, or for
    /// each message where one cannot stand for all. Each costs the server a small row. False: such a send is told, not repeated, and a
    /// queue with content-based deduplication knows repeats by their bodies.
    /// </summary>
    public bool DeduplicationIds { get; set; } = true;

    /// <summary>How many requests a sender has under way: a second begins only where a full batch waits. 1 to 32.</summary>
    public int MaxConcurrentRequests { get; set; } = 4;
}

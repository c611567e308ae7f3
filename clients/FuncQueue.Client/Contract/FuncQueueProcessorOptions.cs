using FuncQueue.Client.Receiving;

namespace FuncQueue.Client;

/// <summary>How a processor works. Bound from configuration by <c>AddProcessor</c>.</summary>
public sealed class FuncQueueProcessorOptions
{
    /// <summary>How many handlers run at once. On FIFO queues one for each group.</summary>
    public int MaxConcurrency { get; set; } = 10;

    /// <summary>How many messages are leased ahead of their handlers. Their leases are renewed like all others.</summary>
    public int PrefetchCount { get; set; } = 10;

    /// <summary>
    /// How long a lease lasts; it is renewed when half of it is left, for as long as the handler takes. What a process leaves behind that
    /// dies comes back after this time. 3 s to 12 h.
    /// </summary>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long one request waits for messages, up to 20 s.</summary>
    public TimeSpan ReceiveWait { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>The longest pause after failures to receive.</summary>
    public TimeSpan MaxReceiveBackoff { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether bodies that lie in blobs are read before the handler begins.</summary>
    public bool LoadBodies { get; set; } = true;

    /// <summary>Why a message was nacked, of the exception: by itself its type, so that dead letters can be counted by it.</summary>
    public Func<Exception, string?> FailureReason { get; set; } = error => error.GetType().FullName;

    /// <summary>Told of everything that goes wrong. The processor goes on.</summary>
    public Func<ProcessErrorContext, Task>? OnErrorAsync { get; set; }

    internal FuncQueueProcessorOptions Checked()
    {
        if (MaxConcurrency is < 1 or > 10_000)
            throw new ArgumentException("MaxConcurrency must be 1 to 10,000.");
        if (PrefetchCount is < 0 or > 10_000)
            throw new ArgumentException("PrefetchCount must be 0 to 10,000.");
        if (LeaseDuration < TimeSpan.FromSeconds(3) || LeaseDuration > TimeSpan.FromHours(12))
            throw new ArgumentException("LeaseDuration must be 3 s to 12 h.");
        if (ReceiveWait < TimeSpan.Zero || ReceiveWait > QueueReceiving.MaxWait)
            throw new ArgumentException("ReceiveWait must be 0 to 20 s.");
        if (MaxReceiveBackoff <= TimeSpan.Zero)
            throw new ArgumentException("MaxReceiveBackoff must be more than zero.");
        return this;
    }
}

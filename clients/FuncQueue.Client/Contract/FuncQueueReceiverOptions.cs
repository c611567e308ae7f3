namespace FuncQueue.Client;

/// <summary>How a receiver receives.</summary>
public sealed class FuncQueueReceiverOptions
{
    /// <summary>How long messages are leased; null: the queue's setting. At most 12 hours.</summary>
    public TimeSpan? LeaseDuration { get; set; }

    /// <summary>Whether bodies that lie in blobs are read before messages are handed out.</summary>
    public bool LoadBodies { get; set; } = true;
}

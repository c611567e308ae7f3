namespace FuncQueue.Engine.Queues;

/// <summary>What has to do with a queue that is deleted: the topics that it is subscribed to.</summary>
internal interface IQueueSubscribers
{
    /// <summary>
    /// Asks whether the queue with this table may be deleted, and prepares for it; why not, or null. Whatever comes of the deletion, it
    /// does no harm.
    /// </summary>
    Task<Failure?> PrepareAsync(string table, CancellationToken cancellationToken);

    /// <summary>The queue with this table is gone: ends its subscriptions; why they could not be ended, or null.</summary>
    Task<Failure?> EndAsync(string table, CancellationToken cancellationToken);
}

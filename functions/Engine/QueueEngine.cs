using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace FuncQueue.Engine;

/// <summary>
/// FuncQueue itself: queues and messages in Azure Storage. Thread-safe; one per process. Every expected failure is a value of
/// <see cref="Failure"/>. Ranges are the caller's to check first with <see cref="RequestRules"/>.
/// </summary>
public sealed class QueueEngine : IAsyncDisposable
{
    public QueueEngine(StorageClients storage, EngineOptions options, TimeProvider time, ILoggerFactory logging, IMeterFactory meters)
    {
    }

    /// <summary>Creates the queue, or changes the settings that <paramref name="change"/> names.</summary>
    public Task<Outcome<QueuePut>> PutQueueAsync(QueueName queue, QueueSettingsChange change, QueueCondition condition, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Queues whose names begin with <paramref name="prefix"/>, by name, up to <paramref name="maxResults"/> (1 to 1,000). A continuation that is no answer of this method's is <see cref="Failure.Invalid"/>.</summary>
    public Task<Outcome<QueuePage>> ListQueuesAsync(string prefix, int maxResults, string? continuation, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>The queue and its counts, computed from the rows as they are.</summary>
    public Task<Outcome<QueueStatus>> GetQueueAsync(QueueName queue, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Removes the queue and everything in it; true when it was there.</summary>
    public Task<Outcome<bool>> DeleteQueueAsync(QueueName queue, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<Outcome<Enqueued>> EnqueueAsync(QueueName queue, NewMessage message, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Enqueues each; outcomes in the order of the messages. The outer failure is one that concerns all, as an unknown queue.</summary>
    public Task<Outcome<IReadOnlyList<Outcome<Enqueued>>>> EnqueueBatchAsync(QueueName queue, IReadOnlyList<NewMessage> messages, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Hands out up to the messages asked for; an empty list when there was none within the wait. Cancelling returns what was leased to the queue.</summary>
    public Task<Outcome<IReadOnlyList<DeliveredMessage>>> DequeueAsync(QueueName queue, MessageSource source, DequeueRequest request, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Settles each receipt; results in their order. A failure concerns all: what it says of one may hold for some.</summary>
    public Task<Outcome<IReadOnlyList<Settled>>> SettleAsync(QueueName queue, MessageSource source, Settlement settlement, IReadOnlyList<string> receipts, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Looks at messages without leasing them: ready ones of the live, all of the dead letters; oldest first.</summary>
    public Task<Outcome<MessagePage>> PeekAsync(QueueName queue, MessageSource source, int maxMessages, string? continuation, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>The message wherever it is, dead letters included.</summary>
    public Task<Outcome<StoredMessage>> FindMessageAsync(QueueName queue, MessageId messageId, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>The body of a message, streamed.</summary>
    public Task<Outcome<OpenedBody>> OpenBodyAsync(QueueName queue, MessageId messageId, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Drops the messages it meets, leased ones too.</summary>
    public Task<Outcome<Purged>> PurgeAsync(QueueName queue, MessageSource source, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Makes dead letters live again as new messages of the same queue.</summary>
    public Task<Outcome<Redriven>> RedriveAsync(QueueName queue, RedriveRequest request, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>The maintenance pass: idempotent, safe to overlap with itself and with everything else. <paramref name="everything"/> visits every shard, not only those known to be active.</summary>
    public Task<Outcome<SweepReport>> SweepAsync(SweepScope scope, bool everything, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Reads storage and compares clocks.</summary>
    public Task<HealthReport> CheckHealthAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Ends waiting receivers with nothing and finishes the writes under way.</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}

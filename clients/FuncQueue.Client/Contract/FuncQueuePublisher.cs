using FuncQueue.Client.Sending;
using FuncQueue.Client.Transport;

namespace FuncQueue.Client;

/// <summary>Publishes to one topic. Share one: concurrent calls travel in common requests. Safe for concurrent use.</summary>
public class FuncQueuePublisher : IAsyncDisposable
{
    private readonly TopicSending sending = null!;

    /// <summary>For mocks.</summary>
    protected FuncQueuePublisher()
    {
        TopicName = "";
    }

    internal FuncQueuePublisher(string topic, HttpTransport transport, FuncQueueClientOptions client, FuncQueueSenderOptions options)
    {
        TopicName = topic;
        sending = new TopicSending(topic, transport, client, options);
    }

    /// <summary>The topic.</summary>
    public virtual string TopicName { get; }

    /// <summary>Publishes a record and returns when it is stored.</summary>
    /// <exception cref="FuncQueueException">
    /// It was not stored, or, with <see cref="FuncQueueErrorReason.OutcomeUnknown"/>, that is not known.
    /// </exception>
    public virtual Task<PublishResult> PublishAsync(TopicMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        return sending.SendAsync(message, cancellationToken);
    }

    /// <summary>Publishes records in as few requests as may be, and says of each what became of it, in order.</summary>
    public virtual Task<IReadOnlyList<PublishOutcome>> PublishAllAsync(
        IReadOnlyList<TopicMessage> messages,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(messages);
        return sending.PublishAllAsync(messages, cancellationToken);
    }

    /// <summary>Publishes up to 100 records of one key or partition, all of them or none.</summary>
    public virtual Task<IReadOnlyList<PublishResult>> PublishAtomicAsync(
        IReadOnlyList<TopicMessage> messages,
        AtomicPublishOptions options,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(messages);
        ArgumentNullException.ThrowIfNull(options);
        return sending.PublishTogetherAsync(messages, options, cancellationToken);
    }

    /// <summary>Waits until what is under way is answered.</summary>
    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await sending.WhenIdleAsync();
    }
}

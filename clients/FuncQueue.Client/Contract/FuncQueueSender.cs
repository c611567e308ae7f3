using FuncQueue.Client.Sending;
using FuncQueue.Client.Transport;

namespace FuncQueue.Client;

/// <summary>
/// Sends to one queue. Share one: concurrent calls travel in common requests, without waiting for each other longer than the request that
/// is under way. Safe for concurrent use.
/// </summary>
public class FuncQueueSender : IAsyncDisposable
{
    private readonly QueueSending sending = null!;
    private readonly HttpTransport transport = null!;

    /// <summary>For mocks.</summary>
    protected FuncQueueSender()
    {
        QueueName = "";
    }

    internal FuncQueueSender(string queue, HttpTransport transport, FuncQueueClientOptions client, FuncQueueSenderOptions options)
    {
        QueueName = queue;
        this.transport = transport;
        sending = new QueueSending(queue, transport, client, options);
    }

    /// <summary>The queue.</summary>
    public virtual string QueueName { get; }

    /// <summary>Sends a message and returns when it is stored.</summary>
    /// <exception cref="FuncQueueException">
    /// It was not stored, or, with <see cref="FuncQueueErrorReason.OutcomeUnknown"/>, that is not known.
    /// </exception>
    public virtual Task<SendResult> SendAsync(FuncQueueMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        return sending.SendAsync(message, cancellationToken);
    }

    /// <summary>Sends a text.</summary>
    public Task<SendResult> SendAsync(string body, CancellationToken cancellationToken = default) =>
        SendAsync(new FuncQueueMessage(body), cancellationToken);

    /// <summary>Sends messages in as few requests as may be, and says of each what became of it, in order.</summary>
    public virtual Task<IReadOnlyList<SendOutcome>> SendAllAsync(
        IReadOnlyList<FuncQueueMessage> messages,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(messages);
        return sending.SendAllAsync(messages, cancellationToken);
    }

    /// <summary>
    /// Sends a body that is read while it is sent, and never held in memory, up to 100 MiB; the message's own is ignored. It is never
    /// repeated by itself.
    /// </summary>
    public virtual Task<SendResult> SendStreamAsync(FuncQueueMessage message, Stream body, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(body);
        return sending.SendStreamAsync(message, body, cancellationToken);
    }

    /// <summary>Cancels a message that is held back; false where there is none, or it is due already.</summary>
    public virtual Task<bool> CancelScheduledAsync(Guid messageId, CancellationToken cancellationToken = default) =>
        transport.RemoveAsync(Call.Delete($"queues/{Uri.EscapeDataString(QueueName)}/scheduled/{messageId}"), cancellationToken);

    /// <summary>Waits until what is under way is answered.</summary>
    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await sending.WhenIdleAsync();
    }
}

using FuncQueue.Client.Receiving;

namespace FuncQueue.Client;

/// <summary>
/// Receives from one queue, and settles what it received. For a loop with handlers, take <see cref="FuncQueueProcessor"/>: it renews
/// leases. Safe for concurrent use.
/// </summary>
public class FuncQueueReceiver
{
    private readonly QueueReceiving receiving = null!;
    private readonly FuncQueueReceiverOptions options = null!;

    /// <summary>For mocks.</summary>
    protected FuncQueueReceiver()
    {
        QueueName = "";
    }

    internal FuncQueueReceiver(QueueReceiving receiving, FuncQueueReceiverOptions options)
    {
        QueueName = receiving.Queue;
        (this.receiving, this.options) = (receiving, options);
    }

    /// <summary>The queue.</summary>
    public virtual string QueueName { get; }

    /// <summary>Leases up to <paramref name="maxMessages"/> messages; none if there are none within the time to wait.</summary>
    /// <param name="maxMessages">1 to 100.</param>
    /// <param name="wait">How long to wait for a first one, up to 20 s; null: not at all.</param>
    /// <param name="cancellationToken">Ends the wait; the server gives back what it had leased.</param>
    public virtual async Task<IReadOnlyList<ReceivedMessage>> ReceiveAsync(
        int maxMessages = 1,
        TimeSpan? wait = null,
        CancellationToken cancellationToken = default
    )
    {
        var messages = await receiving.DequeueAsync(
            maxMessages,
            wait ?? TimeSpan.Zero,
            options.LeaseDuration,
            delete: false,
            cancellationToken
        );
        if (options.LoadBodies)
            await receiving.LoadAsync(messages, cancellationToken);
        return messages;
    }

    /// <summary>
    /// Takes messages off the queue: what is lost on its way, and what the caller does not finish, is lost. Bodies in blobs can be opened
    /// for an hour.
    /// </summary>
    public virtual async Task<IReadOnlyList<ReceivedMessage>> ReceiveAndDeleteAsync(
        int maxMessages = 1,
        TimeSpan? wait = null,
        CancellationToken cancellationToken = default
    )
    {
        var messages = await receiving.DequeueAsync(maxMessages, wait ?? TimeSpan.Zero, null, delete: true, cancellationToken);
        if (options.LoadBodies)
            await receiving.LoadAsync(messages, cancellationToken);
        return messages;
    }

    /// <summary>Says that a message is done. Concurrent calls share a request.</summary>
    public virtual async Task<SettleStatus> AckAsync(ReceivedMessage message, CancellationToken cancellationToken = default) =>
        (await receiving.Settle.AckAsync(ReceiptOf(message), cancellationToken)).Status;

    /// <summary>Gives a message back, to be delivered again; at its last delivery it becomes a dead letter.</summary>
    /// <param name="message">The message.</param>
    /// <param name="delay">When it is ready again; null: as the queue's backoff says.</param>
    /// <param name="reason">Why, for a dead letter.</param>
    /// <param name="cancellationToken">Ends the wait for the answer.</param>
    public virtual async Task<SettleStatus> NackAsync(
        ReceivedMessage message,
        TimeSpan? delay = null,
        string? reason = null,
        CancellationToken cancellationToken = default
    ) => (await receiving.Settle.NackAsync(ReceiptOf(message), delay, reason, cancellationToken)).Status;

    /// <summary>Lets a lease last so long from now.</summary>
    public virtual async Task<SettleStatus> ExtendAsync(
        ReceivedMessage message,
        TimeSpan lease,
        CancellationToken cancellationToken = default
    ) => (await receiving.Settle.ExtendAsync(ReceiptOf(message), lease, cancellationToken)).Status;

    /// <summary>Makes a message a dead letter. Dead letters have no such verb.</summary>
    public virtual async Task<SettleStatus> DeadLetterAsync(
        ReceivedMessage message,
        string? reason = null,
        CancellationToken cancellationToken = default
    ) => (await receiving.Settle.DeadLetterAsync(ReceiptOf(message), reason, cancellationToken)).Status;

    /// <summary>Gives a message back as if it had not been delivered. Dead letters have no such verb.</summary>
    public virtual async Task<SettleStatus> ReleaseAsync(ReceivedMessage message, CancellationToken cancellationToken = default) =>
        (await receiving.Settle.ReleaseAsync(ReceiptOf(message), cancellationToken)).Status;

    /// <summary>Looks at messages that are ready, oldest first, without leasing them.</summary>
    public virtual Task<FuncQueuePage<ReceivedMessage>> PeekAsync(
        int maxMessages = 32,
        string? continuation = null,
        CancellationToken cancellationToken = default
    ) => receiving.ListAsync("messages", maxMessages, continuation, cancellationToken);

    /// <summary>Looks at messages that are held back.</summary>
    public virtual Task<FuncQueuePage<ReceivedMessage>> ListScheduledAsync(
        int maxMessages = 32,
        string? continuation = null,
        CancellationToken cancellationToken = default
    ) => receiving.ListAsync("scheduled", maxMessages, continuation, cancellationToken);

    /// <summary>A message by its id, wherever it is in the queue; null: it is not there.</summary>
    public virtual Task<ReceivedMessage?> FindAsync(Guid messageId, CancellationToken cancellationToken = default) =>
        receiving.FindAsync(messageId, cancellationToken);

    /// <summary>The body of a message as a stream, which the caller disposes.</summary>
    public virtual Task<Stream> OpenBodyAsync(ReceivedMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        return message.IsBodyLoaded
            ? Task.FromResult(message.Body.ToStream())
            : receiving.OpenBodyAsync(message.MessageId, cancellationToken);
    }

    private static string ReceiptOf(ReceivedMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return message.Receipt ?? throw new ArgumentException("The message is not leased: it has no receipt.", nameof(message));
    }
}

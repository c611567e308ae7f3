using FuncQueue.Client.Processing;
using FuncQueue.Client.Receiving;

namespace FuncQueue.Client;

/// <summary>
/// A message in the hands of a handler. When the handler returns the message is acked, when it throws nacked, unless it said otherwise
/// here. Its lease is renewed all the while.
/// </summary>
public class ProcessMessageContext
{
    private readonly QueueReceiving? receiving;

    /// <summary>For tests of handlers.</summary>
    public ProcessMessageContext(string queueName, ReceivedMessage message, CancellationToken cancellationToken = default)
    {
        (QueueName, Message, CancellationToken) = (queueName, message, cancellationToken);
    }

    internal ProcessMessageContext(
        QueueReceiving receiving,
        ReceivedMessage message,
        CancellationToken leaseLost,
        CancellationToken cancellationToken
    )
        : this(receiving.Queue, message, cancellationToken)
    {
        this.receiving = receiving;
        LeaseLost = leaseLost;
    }

    /// <summary>The queue.</summary>
    public string QueueName { get; }

    /// <summary>The message.</summary>
    public ReceivedMessage Message { get; }

    /// <summary>Cancelled when the lease is lost, or when the one who stops the processor will not wait any longer.</summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>Cancelled when the lease is lost: the message is, or will be, delivered to another.</summary>
    public CancellationToken LeaseLost { get; }

    internal GivenVerdict? Given { get; private set; }

    internal TimeSpan? NackDelay { get; private set; }

    internal string? Reason { get; private set; }

    /// <summary>The message is done, even if the handler throws.</summary>
    public void Ack() => Given = GivenVerdict.Ack;

    /// <summary>The message is to be delivered again.</summary>
    /// <param name="delay">When; null: as the queue's backoff says.</param>
    /// <param name="reason">Why, for a dead letter.</param>
    public void Nack(TimeSpan? delay = null, string? reason = null) => (Given, NackDelay, Reason) = (GivenVerdict.Nack, delay, reason);

    /// <summary>The message becomes a dead letter.</summary>
    public void DeadLetter(string? reason = null) => (Given, Reason) = (GivenVerdict.DeadLetter, reason);

    /// <summary>The message is given back as if it had not been delivered.</summary>
    public void Release() => Given = GivenVerdict.Release;

    /// <summary>The body as a stream, which the caller disposes.</summary>
    public virtual Task<Stream> OpenBodyAsync() =>
        receiving is null || Message.IsBodyLoaded
            ? Task.FromResult(Message.Body.ToStream())
            : receiving.OpenBodyAsync(Message.MessageId, CancellationToken);
}

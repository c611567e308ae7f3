using System.Diagnostics;
using FuncQueue.Client.Telemetry;
using FuncQueue.Client.Transport;

namespace FuncQueue.Client.Sending;

/// <summary>A message on its way: with the id that makes a repeat harmless, and the trace that it belongs to.</summary>
internal sealed record Outgoing<TMessage>(TMessage Message, string? DeduplicationId, TraceContext Trace)
{
    /// <summary>Whether the id is one of ours, which nobody else knows.</summary>
    public bool IsIdOurs { get; init; }

    /// <summary>Whether a second arrival is no second message.</summary>
    public Repetition Repetition => DeduplicationId is null ? Repetition.IfNothingHappened : Repetition.Always;
}

/// <summary>What senders and publishers have in common: one request at a time, and repeats of what failed by itself.</summary>
internal abstract class MessageSending<TMessage, TResult>
{
    /// <summary>What the server takes in one request.</summary>
    internal const int MaxMessages = 100;

    /// <summary>The server takes 4 MiB of bodies; in base64, with what is around them, no more than 8 MiB.</summary>
    internal const long MaxBytes = 3 * 1024 * 1024;

    /// <summary>A larger body goes by itself, as the body of a request.</summary>
    internal const long MaxBatchedBody = 1024 * 1024;

    /// <summary>Of bodies that lie in rows.</summary>
    private const long MaxSharingMessage = 32 * 1024;

    /// <summary>Less than the server's 1 MiB: attributes are counted in characters here.</summary>
    private const long MaxSharingBytes = 512 * 1024;

    private readonly Coalescer<Outgoing<TMessage>, TResult> coalescer;
    private readonly FuncQueueClientOptions client;
    private readonly FuncQueueSenderOptions options;
    private readonly string destination;

    protected MessageSending(
        string destination,
        bool ordered,
        HttpTransport transport,
        FuncQueueClientOptions client,
        FuncQueueSenderOptions options
    )
    {
        (this.destination, this.client, this.options, Transport) = (destination, client, options, transport);
        if (options.MaxConcurrentRequests is < 1 or > 32)
            throw new ArgumentException("MaxConcurrentRequests must be 1 to 32.", nameof(options));
        // Two requests at once could overtake each other; in order there is one.
        coalescer = new(MaxMessages, MaxBytes, ordered ? 1 : options.MaxConcurrentRequests, SendAsync);
    }

    protected HttpTransport Transport { get; }

    public Task WhenIdleAsync() => coalescer.WhenIdleAsync();

    public async Task<TResult> SendAsync(TMessage message, CancellationToken cancellationToken)
    {
        var began = Transport.Now;
        using var span = ClientTelemetry.StartSend(destination);
        FuncQueueErrorReason? failed = null;
        try
        {
            var outgoing = Prepare(message, span);
            var size = BodyOf(message).ToMemory().Length;
            var result =
                size > MaxBatchedBody
                    ? await SendAloneAsync(outgoing, cancellationToken)
                    : await coalescer.AddAsync(outgoing, Size(message), cancellationToken);
            span?.SetTag("messaging.message.id", IdOf(result).ToString());
            ClientTelemetry.CountSent(destination, 1);
            return result;
        }
        catch (FuncQueueException failure)
        {
            failed = failure.Reason;
            ClientTelemetry.CountSent(destination, 1, failure.Reason.ToString());
            throw;
        }
        finally
        {
            ClientTelemetry.Ended(span, "send", destination, Transport.Now - began, failed);
        }
    }

    protected Outgoing<TMessage> Prepare(TMessage message, Activity? span)
    {
        var own = DeduplicationIdOf(message);
        var id = own ?? (options.DeduplicationIds ? Guid.NewGuid().ToString("N") : null);
        return new(message, id, TraceContext.Of(span ?? Activity.Current)) { IsIdOurs = own is null && id is not null };
    }

    protected abstract BinaryData BodyOf(TMessage message);

    protected abstract string? DeduplicationIdOf(TMessage message);

    protected abstract long Size(TMessage message);

    protected abstract Guid IdOf(TResult result);

    protected abstract Task<TResult> SendAloneAsync(Outgoing<TMessage> outgoing, CancellationToken cancellationToken);

    /// <summary>One request; a result or failure for each, in order.</summary>
    protected abstract Task<IReadOnlyList<(TResult? Result, FuncQueueException? Failure)>> RequestAsync(
        IReadOnlyList<Outgoing<TMessage>> messages,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Whether one id may stand for all. It costs the server a row, where one of each message costs it as many as there are. The server
    /// takes it of batches that fit one transaction.
    /// </summary>
    protected bool MayShareId(IReadOnlyList<Outgoing<TMessage>> messages)
    {
        var bytes = 0L;
        foreach (var message in messages)
        {
            var size = Size(message.Message);
            bytes += size;
            if (!message.IsIdOurs || size > MaxSharingMessage || bytes > MaxSharingBytes)
                return false;
        }

        return true;
    }

    private async Task SendAsync(IReadOnlyList<Coalesced<Outgoing<TMessage>, TResult>> batch)
    {
        var left = batch;
        for (var attempt = 0; left.Count > 0; attempt++)
        {
            using var span =
                batch.Count > 1
                    ? ClientTelemetry.StartRequest("send", destination, left.Count, left.Select(entry => entry.Item.Trace.Parent))
                    : null;
            var results = await ResultsAsync([.. left.Select(entry => entry.Item)]);
            var again = new List<Coalesced<Outgoing<TMessage>, TResult>>();
            foreach (var (entry, (result, failure)) in left.Zip(results))
            {
                if (failure is null)
                    entry.Complete(result!);
                else if (attempt < client.MaxRetries && failure.Status is null && MayRepeat(entry.Item, failure))
                    again.Add(entry);
                else
                    entry.Fail(failure);
            }

            left = again;
            if (left.Count > 0)
                await Task.Delay(Backoff.Doubled(client.RetryDelay, attempt, client.MaxRetryDelay), Transport.Time);
        }
    }

    /// <summary>A fault of one message has the server refuse the request; it must not fail the calls of others that share it.</summary>
    private async Task<IReadOnlyList<(TResult? Result, FuncQueueException? Failure)>> ResultsAsync(Outgoing<TMessage>[] messages)
    {
        try
        {
            return await RequestAsync(messages, CancellationToken.None);
        }
        catch (FuncQueueException failure) when (messages.Length == 1 || !IsOfOneMessage(failure))
        {
            return [.. messages.Select(_ => (default(TResult), (FuncQueueException?)failure))];
        }
        catch (FuncQueueException)
        {
            var half = messages.Length / 2;
            return [.. await ResultsAsync(messages[..half]), .. await ResultsAsync(messages[half..])];
        }
    }

    private static bool IsOfOneMessage(FuncQueueException failure) =>
        failure.Reason is FuncQueueErrorReason.InvalidRequest or FuncQueueErrorReason.GroupRequired or FuncQueueErrorReason.MessageTooLarge;

    private static bool MayRepeat(Outgoing<TMessage> message, FuncQueueException failure) =>
        failure.Reason switch
        {
            // That of a whole request was repeated by the transport.
            FuncQueueErrorReason.OutcomeUnknown => failure.Code is not null && message.Repetition == Repetition.Always,
            FuncQueueErrorReason.Overloaded or FuncQueueErrorReason.StorageThrottled or FuncQueueErrorReason.StorageUnavailable => true,
            _ => false,
        };
}

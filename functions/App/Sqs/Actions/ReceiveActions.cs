using FuncQueue.Engine;
using FuncQueue.Functions.Sns.Delivery;
using FuncQueue.Functions.Sqs.Errors;
using FuncQueue.Functions.Sqs.Messages;
using FuncQueue.Functions.Sqs.Protocol;
using FuncQueue.Functions.Sqs.Queues;

namespace FuncQueue.Functions.Sqs.Actions;

/// <summary>Receiving messages.</summary>
internal sealed class ReceiveActions(QueueEngine engine, ReceiveAttempts attempts, SqsMaintenance maintenance, Notifications notifications)
{
    /// <summary>How many times its length a body takes until it is sent: as it is stored, as text, in the answer.</summary>
    private const int Copies = 4;

    public async Task<SqsAnswer> ReceiveAsync(SqsCall call, CancellationToken cancellationToken)
    {
        var (name, error) = call.Queue();
        if (name is null)
            return error!;
        if (!(await engine.FindQueueAsync(name, cancellationToken)).TryGetValue(out var queue, out var failure))
            return SqsErrors.From(failure);
        var wanted = ReceiveSelection.Read(call.Input);
        var request = Read(call.Input, queue.Settings);
        var attempt = MessageIdentifier.Read(call.Input, "ReceiveRequestAttemptId");
        if (attempt is not null && !queue.Settings.IsFifo())
            call.Input.Fail(SqsErrors.NotForThisQueueType("ReceiveRequestAttemptId", attempt));
        if (call.Input.Error is { } fault)
            return fault;
        // What has been handed out cannot be refused any more; so ask whether there is room at all, and count it then.
        call.Room?.RequireSome();
        var outcome = attempt is null
            ? await engine.DequeueAsync(name, MessageSource.Live, request, cancellationToken)
            : await attempts.RunAsync(engine, name, attempt, request, cancellationToken);
        if (!outcome.TryGetValue(out var delivered, out failure))
            return SqsErrors.From(failure);
        // Who looks into the dead-letter queue after this answer finds there what this receive did not get any more.
        await maintenance.WhenMovedAsync(name, cancellationToken);
        call.Room?.HoldAnyway(Copies * delivered.Sum(d => Math.Min(d.Message.BodyLength, SqsLimits.MaxMessageBytes)));
        var received = await Task.WhenAll(delivered.Select(d => ReadAsync(name, d, wanted, call.Address, cancellationToken)));
        // A body that cannot be read now leaves its message leased: it comes again after its visibility timeout.
        if (received.Length > 0 && Array.TrueForAll(received, r => r.Failure is not null))
            return SqsErrors.From(received[0].Failure!);
        return SqsAnswer.Success(output =>
        {
            if (received.Length > 0)
                output.Structures(
                    "Messages",
                    "Message",
                    received.Where(r => r.Failure is null),
                    static (o, message) => message.Value.WriteTo(o)
                );
        });
    }

    private static DequeueRequest Read(SqsInput input, QueueSettings settings)
    {
        var most = input.Number(
            "MaxNumberOfMessages",
            1,
            SqsLimits.MaxReceivedMessages,
            $"Must be between 1 and {SqsLimits.MaxReceivedMessages}, if provided."
        );
        var wait = input.Number(
            "WaitTimeSeconds",
            0,
            SqsLimits.MaxWaitSeconds,
            $"Must be >= 0 and <= {SqsLimits.MaxWaitSeconds}, if provided."
        );
        var timeout = input.Number(
            "VisibilityTimeout",
            0,
            SqsLimits.MaxVisibilityTimeoutSeconds,
            $"Must be between 0 and {SqsLimits.MaxVisibilityTimeoutSeconds}, if provided."
        );
        return new DequeueRequest
        {
            MaxMessages = most ?? 1,
            Wait = TimeSpan.FromSeconds(wait ?? settings.WaitSeconds()),
            VisibilityTimeout = timeout is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        };
    }

    /// <summary>The message with its body, wherever that lies.</summary>
    private async Task<Outcome<ReceivedMessage>> ReadAsync(
        QueueName queue,
        DeliveredMessage delivered,
        ReceiveSelection wanted,
        SqsAddress address,
        CancellationToken cancellationToken
    )
    {
        var message = delivered.Message;
        var url = $"{address.Base}/queues/{queue}/messages/{message.MessageId}/body";
        var source = await SourceAsync(queue, message, cancellationToken);
        if (!(await notifications.FindAsync(message, address, cancellationToken)).TryGetValue(out var envelope, out var unsigned))
            return unsigned;
        if (message.Body is { } inline)
            return ReceivedMessage.Of(delivered, inline, url, source, envelope, wanted, address);
        if (message.BodyLength > SqsLimits.MaxMessageBytes)
            return ReceivedMessage.Of(delivered, null, url, source, envelope, wanted, address);
        if (!(await engine.OpenBodyAsync(queue, message.MessageId, cancellationToken)).TryGetValue(out var body, out var failure))
            return failure;
        await using (body)
        {
            var bytes = new byte[body.Length];
            await body.Content.ReadExactlyAsync(bytes, cancellationToken);
            return ReceivedMessage.Of(delivered, bytes, url, source, envelope, wanted, address);
        }
    }

    /// <summary>The queue that the message came from as a dead letter: this one is the target of its redrive policy.</summary>
    private async ValueTask<QueueName?> SourceAsync(QueueName queue, StoredMessage message, CancellationToken cancellationToken)
    {
        if (!QueueName.TryParse(message.MovedFrom, out var source))
            return null;
        return
            (await engine.FindQueueAsync(source, cancellationToken)).TryGetValue(out var from, out _)
            && RedrivePolicy.Of(from.Settings)?.Target == queue
            ? source
            : null;
    }
}

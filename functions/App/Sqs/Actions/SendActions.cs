using FuncQueue.Engine;

namespace FuncQueue.Functions.Sqs;

/// <summary>Sending messages.</summary>
internal sealed class SendActions(QueueEngine engine)
{
    public async Task<SqsAnswer> SendAsync(SqsCall call, CancellationToken cancellationToken)
    {
        var (name, error) = call.Queue();
        if (name is null)
            return error!;
        if (!(await engine.FindQueueAsync(name, cancellationToken)).TryGetValue(out var queue, out var failure))
            return SqsErrors.From(failure);
        var message = OutgoingMessage.Read(call.Input, queue, call);
        if ((call.Input.Error ?? OutgoingMessage.MissingOnFifo(call.Input, queue.Settings)) is { } fault)
            return fault;
        return (await engine.EnqueueAsync(name, message!.Message, cancellationToken)).TryGetValue(out var enqueued, out failure)
            ? SqsAnswer.Success(output => Write(output, message, enqueued))
            : SqsErrors.From(failure);
    }

    public async Task<SqsAnswer> SendBatchAsync(SqsCall call, CancellationToken cancellationToken)
    {
        var (name, error) = call.Queue();
        if (name is null)
            return error!;
        var (entries, fault) = BatchEntries.Read(call);
        if (fault is not null)
            return fault;
        if (!(await engine.FindQueueAsync(name, cancellationToken)).TryGetValue(out var queue, out var failure))
            return SqsErrors.From(failure);
        // What a FIFO queue needs is missed in the whole batch at once, under one code.
        if (entries.Select(e => OutgoingMessage.MissingOnFifo(e.Value, queue.Settings)).FirstOrDefault(e => e is not null) is { } missing)
            return SqsErrors.InvalidParameter(missing.Message);
        var outcome = new BatchOutcome<(OutgoingMessage Message, Enqueued Enqueued)>();
        var messages = new List<(string Id, OutgoingMessage Message)>();
        foreach (var (id, entry) in entries)
        {
            if (OutgoingMessage.Read(entry, queue, call) is { } message)
                messages.Add((id, message));
            else if (call.Input.Error is { } malformed)
                return malformed;
            else
                outcome.Fail(id, entry.Error!);
        }

        if (messages.Sum(m => (long)m.Message.Length) is > SqsLimits.MaxMessageBytes and var total)
            return SqsErrors.BatchTooLong(total);
        if (messages.Count > 0)
        {
            if (!(await engine.EnqueueBatchAsync(name, messages.ConvertAll(m => m.Message.Message), cancellationToken)).TryGetValue(out var results, out failure))
                return SqsErrors.From(failure);
            foreach (var ((id, message), result) in messages.Zip(results))
            {
                if (result.TryGetValue(out var enqueued, out var why))
                    outcome.Succeed(id, (message, enqueued));
                else
                    outcome.Fail(id, SqsErrors.From(why));
            }
        }

        return outcome.ToAnswer(call.Action, static (output, sent) => Write(output, sent.Message, sent.Enqueued));
    }

    private static void Write(SqsOutput output, OutgoingMessage message, Enqueued enqueued)
    {
        output.Text("MessageId", enqueued.MessageId.ToString());
        output.Text("MD5OfMessageBody", message.BodyDigest);
        output.Text("MD5OfMessageAttributes", message.AttributesDigest);
        output.Text("MD5OfMessageSystemAttributes", message.SystemAttributesDigest);
        output.Text("SequenceNumber", enqueued.SequenceNumber is { } number ? SequenceNumbers.Format(number) : null);
    }
}

using FuncQueue.Engine;
using FuncQueue.Functions.Sqs.Errors;
using FuncQueue.Functions.Sqs.Messages;
using FuncQueue.Functions.Sqs.Protocol;

namespace FuncQueue.Functions.Sqs.Actions;

/// <summary>Sending messages.</summary>
internal sealed class SendActions(QueueEngine engine, FormerScope former)
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
        if (!(await former.FindAsync(queue, message!, cancellationToken)).TryGetValue(out var before, out failure))
            return SqsErrors.From(failure);
        if (before is not null)
            return SqsAnswer.Success(output => Write(output, message!, before));
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
            {
                if (!(await former.FindAsync(queue, message, cancellationToken)).TryGetValue(out var before, out var unread))
                    outcome.Fail(id, SqsErrors.From(unread));
                else if (before is not null)
                    outcome.Succeed(id, (message, before));
                else
                    messages.Add((id, message));
            }
            else if (call.Input.Error is { } malformed)
                return malformed;
            else
                outcome.Fail(id, entry.Error!);
        }

        // Of what was sent, not of what would be taken: else a batch that is too long is stored without its longest.
        if (entries.Sum(e => OutgoingMessage.LengthOf(e.Value)) is > SqsLimits.MaxMessageBytes and var total)
            return SqsErrors.BatchTooLong(total);
        if (messages.Count > 0)
        {
            if (
                !(await engine.EnqueueBatchAsync(name, messages.ConvertAll(m => m.Message.Message), cancellationToken)).TryGetValue(
                    out var results,
                    out failure
                )
            )
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

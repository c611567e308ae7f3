using FuncQueue.Engine;
using FuncQueue.Functions.Sqs.Errors;
using FuncQueue.Functions.Sqs.Queues;

namespace FuncQueue.Functions.Sqs.Actions;

/// <summary>Deleting messages that were received.</summary>
internal sealed class DeleteActions(QueueEngine engine)
{
    public async Task<SqsAnswer> DeleteAsync(SqsCall call, CancellationToken cancellationToken)
    {
        var (name, error) = call.Queue();
        if (name is null)
            return error!;
        var receipt = call.Input.Required("ReceiptHandle");
        if (call.Input.Error is { } fault)
            return fault;
        if (!(await DeleteAsync(name, [receipt], cancellationToken)).TryGetValue(out var errors, out var failure))
            return SqsErrors.From(failure);
        return errors[0] is { } why ? why : SqsAnswer.Empty;
    }

    public async Task<SqsAnswer> DeleteBatchAsync(SqsCall call, CancellationToken cancellationToken)
    {
        var (name, error) = call.Queue();
        if (name is null)
            return error!;
        var (entries, fault) = BatchEntries.Read(call);
        if (fault is not null)
            return fault;
        var outcome = new BatchOutcome<bool>();
        var receipts = new List<(string Id, string Receipt)>();
        foreach (var (id, entry) in entries)
        {
            var receipt = entry.Required("ReceiptHandle");
            if (call.Input.Error is { } malformed)
                return malformed;
            if (entry.Error is { } missing)
                outcome.Fail(id, missing);
            else
                receipts.Add((id, receipt));
        }

        if (receipts.Count > 0)
        {
            if (
                !(await DeleteAsync(name, receipts.ConvertAll(r => r.Receipt), cancellationToken)).TryGetValue(
                    out var errors,
                    out var failure
                )
            )
                return SqsErrors.From(failure);
            foreach (var ((id, _), why) in receipts.Zip(errors))
            {
                if (why is not null)
                    outcome.Fail(id, why);
                else
                    outcome.Succeed(id, true);
            }
        }

        return outcome.ToAnswer(call.Action, static (_, _) => { });
    }

    /// <summary>
    /// Deletes, and tells what each caller is told; null: deleted. On a standard queue a receipt handle is good until the next receive; on
    /// a FIFO queue, whose order hangs on it, no longer than its visibility timeout.
    /// </summary>
    private async Task<Outcome<IReadOnlyList<SqsError?>>> DeleteAsync(
        QueueName name,
        List<string> receipts,
        CancellationToken cancellationToken
    )
    {
        if (!(await engine.FindQueueAsync(name, cancellationToken)).TryGetValue(out var queue, out var failure))
            return failure;
        var fifo = queue.Settings.IsFifo();
        var settled = await engine.SettleAsync(
            name,
            MessageSource.Live,
            new Settlement.Ack { OnlyWhileHeld = fifo },
            receipts,
            cancellationToken
        );
        if (!settled.TryGetValue(out var results, out failure))
            return failure;
        var errors = new SqsError?[results.Count];
        for (var i = 0; i < errors.Length; i++)
            errors[i] = await CheckAsync(name, fifo, receipts[i], results[i], cancellationToken);
        return errors;
    }

    /// <summary>
    /// A message that is gone already is deleted; so is, by SQS's word, one that another has received since, except on a FIFO queue.
    /// </summary>
    private async Task<SqsError?> CheckAsync(QueueName name, bool fifo, string receipt, Settled result, CancellationToken cancellationToken)
    {
        if (result.Status == SettleStatus.MalformedReceipt)
            return SqsErrors.ReceiptHandleIsInvalid;
        if (result.Status == SettleStatus.Ok || !fifo)
            return null;
        var found = await engine.FindMessageAsync(name, result.MessageId!.Value, cancellationToken);
        return found.Failure is null ? SqsErrors.InvalidParameter("ReceiptHandle", receipt, "The receipt handle has expired.") : null;
    }
}

using FuncQueue.Engine;

namespace FuncQueue.Functions.Sqs;

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
        if (!(await engine.SettleAsync(name, MessageSource.Live, new Settlement.Ack(), [receipt], cancellationToken)).TryGetValue(out var results, out var failure))
            return SqsErrors.From(failure);
        error = await CheckAsync(name, receipt, results[0], cancellationToken);
        return error is null ? SqsAnswer.Empty : error;
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
            var settled = await engine.SettleAsync(name, MessageSource.Live, new Settlement.Ack(), receipts.ConvertAll(r => r.Receipt), cancellationToken);
            if (!settled.TryGetValue(out var results, out var failure))
                return SqsErrors.From(failure);
            foreach (var ((id, receipt), result) in receipts.Zip(results))
            {
                if (await CheckAsync(name, receipt, result, cancellationToken) is { } why)
                    outcome.Fail(id, why);
                else
                    outcome.Succeed(id, true);
            }
        }

        return outcome.ToAnswer(call.Action, static (_, _) => { });
    }

    /// <summary>
    /// What the caller is told. A message that is gone already is deleted; so is, by SQS's word, one that another has received since,
    /// except on a FIFO queue, which says that the receipt handle has expired.
    /// </summary>
    private async Task<SqsError?> CheckAsync(QueueName name, string receipt, Settled result, CancellationToken cancellationToken)
    {
        if (result.Status == SettleStatus.MalformedReceipt)
            return SqsErrors.ReceiptHandleIsInvalid;
        if (result.Status == SettleStatus.Ok || !name.HasFifoSuffix)
            return null;
        var found = await engine.FindMessageAsync(name, result.MessageId!.Value, cancellationToken);
        return found.Failure is null ? SqsErrors.InvalidParameter("ReceiptHandle", receipt, "The receipt handle has expired.") : null;
    }
}

using FuncQueue.Engine;
using FuncQueue.Functions.Sqs.Errors;
using FuncQueue.Functions.Sqs.Protocol;

namespace FuncQueue.Functions.Sqs.Actions;

/// <summary>Changing how long received messages stay hidden.</summary>
internal sealed class VisibilityActions(QueueEngine engine)
{
    private const string Range = "Must be between 0 and 43200, if provided.";

    public async Task<SqsAnswer> ChangeAsync(SqsCall call, CancellationToken cancellationToken)
    {
        var (name, error) = call.Queue();
        if (name is null)
            return error!;
        error = await ChangeAsync(name, call.Input, cancellationToken);
        return error is null ? SqsAnswer.Empty : error;
    }

    public async Task<SqsAnswer> ChangeBatchAsync(SqsCall call, CancellationToken cancellationToken)
    {
        var (name, error) = call.Queue();
        if (name is null)
            return error!;
        var (entries, fault) = BatchEntries.Read(call);
        if (fault is not null)
            return fault;
        var outcome = new BatchOutcome<bool>();
        // Each with a timeout of its own; what is under way together is written together.
        var results = await Task.WhenAll(entries.Select(e => ChangeAsync(name, e.Value, cancellationToken)));
        if ((call.Input.Error ?? results.FirstOrDefault(r => r == SqsErrors.QueueDoesNotExist)) is { } whole)
            return whole;
        foreach (var ((id, _), result) in entries.Zip(results))
        {
            if (result is null)
                outcome.Succeed(id, true);
            else
                outcome.Fail(id, result);
        }

        return outcome.ToAnswer(call.Action, static (_, _) => { });
    }

    private async Task<SqsError?> ChangeAsync(QueueName name, SqsInput input, CancellationToken cancellationToken)
    {
        var receipt = input.Required("ReceiptHandle");
        var seconds = input.Number("VisibilityTimeout", 0, SqsLimits.MaxVisibilityTimeoutSeconds, Range);
        if (seconds is null)
            input.Fail(SqsErrors.MissingParameter("VisibilityTimeout"));
        if (input.Error is { } fault)
            return fault;
        // Only of a message in flight. One given back stays its receiver's to delete until somebody receives it, and no more than that.
        Settlement settlement =
            seconds == 0
                ? new Settlement.EndLease { OnlyWhileHeld = true }
                : new Settlement.Extend(TimeSpan.FromSeconds(seconds!.Value)) { OnlyWhileHeld = true };
        if (
            !(await engine.SettleAsync(name, MessageSource.Live, settlement, [receipt], cancellationToken)).TryGetValue(
                out var results,
                out var failure
            )
        )
            return SqsErrors.From(failure);
        return results[0].Status switch
        {
            SettleStatus.Ok => null,
            SettleStatus.MalformedReceipt => SqsErrors.ReceiptHandleIsInvalid,
            _ => await WhyLostAsync(name, receipt, results[0].MessageId!.Value, cancellationToken),
        };
    }

    private async Task<SqsError> WhyLostAsync(QueueName name, string receipt, MessageId id, CancellationToken cancellationToken)
    {
        var found = await engine.FindMessageAsync(name, id, cancellationToken);
        if (found.TryGetValue(out var message, out var failure) && message.Status is MessageStatus.Ready or MessageStatus.Scheduled)
            return SqsErrors.MessageNotInflight;
        return failure is null or Failure.MessageNotFound
            ? SqsErrors.InvalidParameter(
                "ReceiptHandle",
                receipt,
                "Message does not exist or is not available for visibility timeout change."
            )
            : SqsErrors.From(failure);
    }
}

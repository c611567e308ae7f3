using FuncQueue.Engine;
using FuncQueue.Functions.Access;
using FuncQueue.Functions.Sqs.Errors;

namespace FuncQueue.Functions.Sqs.Queues;

/// <summary>Whether a queue may be the target of a redrive policy: it exists, is of the source's type, and allows the source.</summary>
internal static class RedriveTargets
{
    /// <summary>Checks the policy that a draft sets, if it sets one.</summary>
    public static async Task<SqsError?> CheckAsync(
        QueueEngine engine,
        SqsCall call,
        QueueName source,
        QueueDraft draft,
        CancellationToken cancellationToken
    )
    {
        if (draft.NewTarget is not var (target, text))
            return null;
        // What is dead-lettered is sent there.
        if (!call.Caller.IsOfSettings && call.Denied(target, Rights.Send) is { } denied)
            return denied;
        if (!(await engine.ReadQueueAsync(target, cancellationToken)).TryGetValue(out var queue, out var failure))
            return failure is Failure.QueueNotFound
                ? RedrivePolicy.Invalid(text, "Dead letter target does not exist.")
                : SqsErrors.From(failure);
        if (queue.Settings.Type != draft.Settings.Type)
            return RedrivePolicy.Invalid(text, "Dead-letter queue must be same type of queue as the source.");
        var allowed =
            queue.Settings.Annotation(SqsAttribute.RedriveAllowPolicy) is not { } policy
            || RedriveAllowPolicy.Parse(policy, call.Address).Policy?.Allows(call.Address.ArnOf(source)) != false;
        return allowed ? null : RedrivePolicy.Invalid(text, "The RedriveAllowPolicy of the dead letter target does not allow this queue.");
    }
}

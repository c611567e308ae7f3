using FuncQueue.Engine;
using FuncQueue.Functions.Sqs.Errors;

namespace FuncQueue.Functions.Sqs.Queues;

/// <summary>Changes a queue on what it is now; decides again when another process was first.</summary>
internal sealed class QueueEditor(QueueEngine engine)
{
    private const int MaxAttempts = 20;

    /// <summary>
    /// Applies a change; <paramref name="decide"/> puts it into the draft, or tells why not. The queue as it is afterwards, or an error.
    /// </summary>
    public async Task<(QueueInfo? Queue, SqsError? Error)> ChangeAsync(
        QueueName name,
        Func<QueueInfo, QueueDraft, Task<SqsError?>> decide,
        CancellationToken cancellationToken
    )
    {
        for (var attempt = 0; ; attempt++)
        {
            if (!(await engine.ReadQueueAsync(name, cancellationToken)).TryGetValue(out var queue, out var unread))
                return (null, SqsErrors.From(unread));
            var draft = new QueueDraft(queue.Settings);
            if (await decide(queue, draft) is { } error)
                return (null, error);
            var outcome = await engine.SetQueueAsync(
                name,
                draft.ToChange(),
                new QueueCondition { RowTag = queue.RowTag },
                cancellationToken
            );
            if (outcome.TryGetValue(out var changed, out var failure))
                return (changed, null);
            if (failure is not Failure.PreconditionFailed || attempt >= MaxAttempts)
                return (null, SqsErrors.From(failure));
        }
    }
}

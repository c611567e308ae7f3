using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Queues;

/// <summary>Redrive calls: within a queue, and to another one.</summary>
internal sealed class RedriveCalls(EngineContext context, QueueDirectory directory, QueueCalls calls)
{
    public Task<Outcome<Redriven>> RedriveAsync(QueueName queue, RedriveRequest request, CancellationToken cancellationToken) =>
        calls.RunAsync(
            "redrive",
            queue,
            runtime => RedriveAsync(runtime, request, cancellationToken),
            again: QueueCalls.Always,
            cancellationToken
        );

    private async Task<Outcome<Redriven>> RedriveAsync(QueueRuntime runtime, RedriveRequest request, CancellationToken cancellationToken)
    {
        if (!(await FindTargetAsync(directory, runtime, request.To, cancellationToken)).TryGetValue(out var target, out var untargeted))
            return untargeted;
        var redrive = new Redrive(context, runtime, target == runtime ? null : target);
        foreach (var id in request.MessageIds ?? [])
            await calls.InspectAsync(runtime, id, cancellationToken);
        if (!(await redrive.MoveAsync(request, cancellationToken)).TryGetValue(out var moved, out var failure))
            return failure;
        try
        {
            return new Redriven(moved, await new Inspection(context, runtime).CountDeadLettersAsync(cancellationToken));
        }
        catch (StorageFaultException exception) when (moved > 0)
        {
            return new Failure.OutcomeUnknown(exception.Fault.RetryAfter);
        }
    }

    /// <summary>The queue that dead letters go to, as it is now.</summary>
    /// <param name="to">Null: their own.</param>
    public static async Task<Outcome<QueueRuntime>> FindTargetAsync(
        QueueDirectory directory,
        QueueRuntime runtime,
        QueueName? to,
        CancellationToken cancellationToken
    )
    {
        if (to is null || to == runtime.Name)
            return runtime;
        var target = await directory.ReadAsync(to, cancellationToken);
        if (target is null)
            return new Failure.QueueNotFound(to);
        return target.IsFifo && !runtime.IsFifo
            ? new Failure.QueueTypeMismatch(
                $"Queue {to} is of type fifo and takes no messages from queue {runtime.Name}, where they need no group."
            )
            : target;
    }
}

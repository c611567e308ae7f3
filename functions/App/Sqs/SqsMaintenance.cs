using FuncQueue.Engine;
using FuncQueue.Functions.Sqs.Moves;
using FuncQueue.Functions.Sqs.Queues;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FuncQueue.Functions.Sqs;

/// <summary>
/// What SQS does by itself: dead letters of a queue with a redrive policy go on to its target, and tasks that move messages are worked on.
/// At once where this process knows of them; by a timer where it does not, or could not.
/// </summary>
public sealed class SqsMaintenance
{
    /// <summary>Longest that a receive waits for what it has dead-lettered to arrive.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly QueueEngine engine;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private readonly MoveTaskRunner tasks;
    private readonly DueQueues due;
    private readonly HashSet<QueueName> running = [];

    internal SqsMaintenance(QueueEngine engine, TimeProvider time, ILogger<SqsMaintenance> log)
    {
        this.engine = engine;
        this.time = time;
        this.log = log;
        due = new DueQueues(LookAfterAsync);
        tasks = new MoveTaskRunner(engine, new QueueEditor(engine), time);
        engine.DeadLettered = queue => due.Post(queue, fresh: false);
    }

    /// <summary>Looks at every queue; for the timer.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        string? continuation = null;
        do
        {
            if (
                !(await engine.ListQueuesAsync("", SqsLimits.MaxResults, continuation, cancellationToken)).TryGetValue(
                    out var page,
                    out var failure
                )
            )
            {
                SqsMaintenanceLog.Failed(log, "the list of queues", failure.GetType().Name);
                return;
            }

            foreach (var queue in page.Queues)
                await GuardAsync(queue.Name, () => LookAfterAsync(queue, cancellationToken));
            continuation = page.Continuation;
        } while (continuation is not null);
    }

    /// <summary>Sees to a queue's task soon.</summary>
    internal void RunTask(QueueName queue) => due.Post(queue, fresh: true);

    /// <summary>Works on what becomes due until the process stops.</summary>
    internal Task WorkAsync(CancellationToken cancellationToken) => due.WorkAsync(cancellationToken);

    /// <summary>
    /// Completes when what this process has dead-lettered in the queue so far has gone on to the target of its redrive policy, or after a
    /// while.
    /// </summary>
    internal async Task WhenMovedAsync(QueueName queue, CancellationToken cancellationToken)
    {
        var moved = due.WhenDone(queue);
        if (moved.IsCompleted)
            return;
        try
        {
            await moved.WaitAsync(Patience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // It arrives later.
        }
    }

    private Task LookAfterAsync(QueueName queue, bool fresh, CancellationToken cancellationToken) =>
        GuardAsync(
            queue,
            async () =>
            {
                // A task is in the queue's row since a moment ago; of a redrive policy it is enough to know what is remembered.
                var read = fresh
                    ? await engine.ReadQueueAsync(queue, cancellationToken)
                    : await engine.FindQueueAsync(queue, cancellationToken);
                if (read.TryGetValue(out var info, out _))
                    await LookAfterAsync(info, cancellationToken);
            }
        );

    private async Task LookAfterAsync(QueueInfo queue, CancellationToken cancellationToken)
    {
        if (RedrivePolicy.Of(queue.Settings) is { } policy)
            await RedriveAsync(queue.Name, policy.Target, cancellationToken);
        // It may take long, and nobody waits for it. Once is enough: who works on a task finds out by itself that it is cancelled.
        if (MoveTasks.Of(queue.Settings).Any(t => t.IsActive) && TryBegin(queue.Name))
            _ = GuardAsync(queue.Name, () => tasks.RunAsync(queue.Name, cancellationToken))
                .ContinueWith(_ => End(queue.Name), TaskScheduler.Default);
    }

    private bool TryBegin(QueueName queue)
    {
        lock (running)
            return running.Add(queue);
    }

    private void End(QueueName queue)
    {
        lock (running)
            running.Remove(queue);
    }

    /// <summary>Whatever happens to one queue does not concern the others; when the process stops, another goes on.</summary>
    private async Task GuardAsync(QueueName queue, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (OperationCanceledException)
        {
            // The process stops.
        }
        catch (Exception exception)
        {
            SqsMaintenanceLog.Unexpected(log, exception, queue.Value);
        }
    }

    private async Task RedriveAsync(QueueName queue, QueueName target, CancellationToken cancellationToken)
    {
        // A look costs a query and marks nothing as active: a queue without dead letters stays as quiet as it is.
        var outcome = await engine.PeekAsync(queue, MessageSource.DeadLetters, 1, null, cancellationToken);
        if (!outcome.TryGetValue(out var page, out var failure))
            SqsMaintenanceLog.Failed(log, queue.Value, failure.GetType().Name);
        else if (page.Messages.Count > 0)
            await MoveAsync(queue, target, cancellationToken);
    }

    private async Task MoveAsync(QueueName queue, QueueName target, CancellationToken cancellationToken)
    {
        var outcome = await MoveToAsync(target);
        if (outcome.Failure is Failure.QueueNotFound)
        {
            // The policy may be another by now than the one remembered.
            if (!(await engine.ReadQueueAsync(queue, cancellationToken)).TryGetValue(out var now, out _))
                return;
            target = RedrivePolicy.Of(now.Settings)?.Target ?? target;
            outcome = await MoveToAsync(target);
        }

        if (outcome.Failure is Failure.QueueNotFound)
        {
            // SQS goes on delivering what it cannot move; here they would be out of its sight.
            outcome = await MoveToAsync(null);
            if (outcome.TryGetValue(out var kept, out _) && kept.Moved > 0)
                SqsMaintenanceLog.TargetGone(log, target.Value, queue.Value, kept.Moved);
        }

        if (outcome.Failure is { } failure and not Failure.QueueNotFound)
            SqsMaintenanceLog.Failed(log, queue.Value, failure.GetType().Name);

        // Those that a task moves elsewhere are left to it, whatever this process knows of the task: this queue is itself a dead-letter
        // queue.
        Task<Outcome<Redriven>> MoveToAsync(QueueName? to) =>
            engine.RedriveAsync(
                queue,
                new RedriveRequest { To = to == queue ? null : to, OfReason = reason => !MoveTask.IsReason(reason) },
                cancellationToken
            );
    }
}

/// <summary>Runs the maintenance beside the functions.</summary>
internal sealed class SqsBackground(SqsMaintenance maintenance) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => maintenance.WorkAsync(stoppingToken);
}

internal static partial class SqsMaintenanceLog
{
    [LoggerMessage(
        611,
        LogLevel.Warning,
        "What SQS does by itself did not go well for {Queue} ({Failure}); it is tried again when the timer says."
    )]
    public static partial void Failed(ILogger log, string queue, string failure);

    [LoggerMessage(
        612,
        LogLevel.Error,
        "What SQS does by itself met an unexpected fault for {Queue}; it is tried again when the timer says."
    )]
    public static partial void Unexpected(ILogger log, Exception exception, string queue);

    [LoggerMessage(
        613,
        LogLevel.Warning,
        "The dead-letter queue {Target} of {Queue} is gone: {Count} messages that have used up their deliveries are delivered on."
    )]
    public static partial void TargetGone(ILogger log, string target, string queue, long count);
}

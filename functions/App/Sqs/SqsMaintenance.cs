using System.Collections.Concurrent;
using System.Threading.Channels;
using FuncQueue.Engine;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FuncQueue.Functions.Sqs;

/// <summary>
/// What SQS does by itself: dead letters of a queue with a redrive policy go on to its target, and tasks that move messages are worked on.
/// At once where this process knows of them; by a timer where it does not, or could not.
/// </summary>
public sealed class SqsMaintenance
{
    private readonly QueueEngine engine;
    private readonly ILogger log;
    private readonly MoveTaskRunner tasks;
    private readonly ConcurrentDictionary<QueueName, bool> pending = new();
    private readonly ConcurrentDictionary<QueueName, bool> running = new();
    private readonly Channel<QueueName> due = Channel.CreateUnbounded<QueueName>(new UnboundedChannelOptions { SingleReader = true });

    internal SqsMaintenance(QueueEngine engine, TimeProvider time, ILogger<SqsMaintenance> log)
    {
        this.engine = engine;
        this.log = log;
        tasks = new MoveTaskRunner(engine, new QueueEditor(engine), time);
        engine.DeadLettered = queue => Post(queue, task: false);
    }

    /// <summary>Looks at every queue; for the timer.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        string? continuation = null;
        do
        {
            if (!(await engine.ListQueuesAsync("", SqsLimits.MaxResults, continuation, cancellationToken)).TryGetValue(out var page, out var failure))
            {
                SqsMaintenanceLog.Failed(log, "the list of queues", failure.GetType().Name);
                return;
            }

            foreach (var queue in page.Queues)
                await GuardAsync(queue.Name, () => LookAfterAsync(queue, cancellationToken));
            continuation = page.Continuation;
        }
        while (continuation is not null);
    }

    /// <summary>Sees to a queue's task soon.</summary>
    internal void RunTask(QueueName queue) => Post(queue, task: true);

    /// <summary>Works on what becomes due until the process stops.</summary>
    internal async Task WorkAsync(CancellationToken cancellationToken)
    {
        await foreach (var queue in due.Reader.ReadAllAsync(cancellationToken))
        {
            var fresh = pending.TryRemove(queue, out var task) && task;
            await GuardAsync(queue, async () =>
            {
                // A task is in the queue's row since a moment ago; of a redrive policy it is enough to know what is remembered.
                var read = fresh ? await engine.ReadQueueAsync(queue, cancellationToken) : await engine.FindQueueAsync(queue, cancellationToken);
                if (read.TryGetValue(out var info, out _))
                    await LookAfterAsync(info, cancellationToken);
            });
        }
    }

    private void Post(QueueName queue, bool task)
    {
        var known = true;
        pending.AddOrUpdate(
            queue,
            _ =>
            {
                known = false;
                return task;
            },
            (_, before) => before || task);
        if (!known)
            due.Writer.TryWrite(queue);
    }

    private async Task LookAfterAsync(QueueInfo queue, CancellationToken cancellationToken)
    {
        var moving = MoveTasks.Of(queue.Settings).Any(t => t.IsActive);
        if (RedrivePolicy.Of(queue.Settings) is { } policy)
            await RedriveAsync(queue.Name, policy.Target, moving, cancellationToken);
        // It may take long, and nobody waits for it. Once is enough: who works on a task finds out by itself that it is cancelled.
        if (moving && running.TryAdd(queue.Name, true))
            _ = GuardAsync(queue.Name, () => tasks.RunAsync(queue.Name, cancellationToken)).ContinueWith(_ => running.TryRemove(queue.Name, out bool _), TaskScheduler.Default);
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

    private async Task RedriveAsync(QueueName queue, QueueName target, bool moving, CancellationToken cancellationToken)
    {
        var outcome = await TryRedriveAsync(queue, target, moving, cancellationToken);
        // A target that is gone leaves the messages where they are, among the queue's own dead letters.
        if (outcome.Failure is { } failure and not Failure.QueueNotFound)
            SqsMaintenanceLog.Failed(log, queue.Value, failure.GetType().Name);
    }

    private async Task<Outcome<Redriven>> TryRedriveAsync(QueueName queue, QueueName target, bool moving, CancellationToken cancellationToken)
    {
        // A look costs a query and marks nothing as active: a queue without dead letters stays as quiet as it is.
        if (!(await engine.PeekAsync(queue, MessageSource.DeadLetters, moving ? Limits.MaxBatchSize : 1, null, cancellationToken)).TryGetValue(out var page, out var failure))
            return failure;
        if (!moving)
            return page.Messages.Count == 0 ? new Redriven(0, 0) : await engine.RedriveAsync(queue, new RedriveRequest { To = target }, cancellationToken);
        // Those are left alone that a task moves elsewhere: this queue is itself a dead-letter queue.
        var ids = page.Messages.Where(m => m.DeadLetterReason?.StartsWith(MoveTask.ReasonPrefix, StringComparison.Ordinal) != true).Select(m => m.MessageId).ToList();
        return ids.Count == 0 ? new Redriven(0, page.Messages.Count) : await engine.RedriveAsync(queue, new RedriveRequest { MessageIds = ids, To = target }, cancellationToken);
    }
}

/// <summary>Runs the maintenance beside the functions.</summary>
internal sealed class SqsBackground(SqsMaintenance maintenance) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => maintenance.WorkAsync(stoppingToken);
}

internal static partial class SqsMaintenanceLog
{
    [LoggerMessage(611, LogLevel.Warning, "What SQS does by itself did not go well for {Queue} ({Failure}); it is tried again when the timer says.")]
    public static partial void Failed(ILogger log, string queue, string failure);

    [LoggerMessage(612, LogLevel.Error, "What SQS does by itself met an unexpected fault for {Queue}; it is tried again when the timer says.")]
    public static partial void Unexpected(ILogger log, Exception exception, string queue);
}

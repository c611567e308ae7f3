using FuncQueue.Engine;
using FuncQueue.Functions.Sqs.Errors;
using FuncQueue.Functions.Sqs.Queues;

namespace FuncQueue.Functions.Sqs.Moves;

/// <summary>
/// Moves the messages of a task: each is received, dead-lettered with the task's own reason, and redriven to where it goes, so that it is
/// in one queue or the other at every instant. What a process leaves half-way, the next one finds by that reason.
/// </summary>
internal sealed class MoveTaskRunner(QueueEngine engine, QueueEditor editor, TimeProvider time)
{
    private const int AtOnce = 10;

    /// <summary>How long a task is another process's after this one is heard of no more.</summary>
    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan SaveInterval = TimeSpan.FromSeconds(1);

    private readonly Guid process = Guid.NewGuid();

    /// <summary>
    /// Works on the queue's active task until it has ended, unless another process does. A failure that may pass leaves the task as it is.
    /// </summary>
    public async Task RunAsync(QueueName queue, CancellationToken cancellationToken)
    {
        if (await ChangeAsync(queue, Claim, cancellationToken) is not { } task)
            return;
        var progress = new Progress(task);
        if (!await FinishLeftoversAsync(queue, progress, cancellationToken))
            return;
        while (progress.Task.Status == MoveTaskStatus.Running && progress.Task.Moved < progress.Task.ToMove)
        {
            var began = time.GetTimestamp();
            var most = Math.Min(Math.Min(AtOnce, progress.Task.Rate ?? AtOnce), progress.Task.ToMove - progress.Task.Moved);
            var received = await engine.DequeueAsync(
                queue,
                MessageSource.Live,
                new DequeueRequest { MaxMessages = (int)most, VisibilityTimeout = Hold },
                cancellationToken
            );
            if (!received.TryGetValue(out var messages, out var failure))
            {
                // A queue that is gone takes its tasks with it.
                return;
            }

            if (messages.Count == 0)
                break;
            var before = progress.Task.Moved;
            if (!await MoveAsync(queue, messages, progress, cancellationToken))
                return;
            if (progress.Task.Status == MoveTaskStatus.Running && progress.Task.Rate is { } rate)
            {
                var pause = TimeSpan.FromSeconds((double)(progress.Task.Moved - before) / rate) - time.GetElapsedTime(began);
                if (pause > TimeSpan.Zero)
                    await Task.Delay(pause, time, cancellationToken);
            }

            if (progress.IsDue(time, SaveInterval) && !await SaveAsync(queue, progress, ended: false, cancellationToken))
                return;
        }

        await SaveAsync(queue, progress, ended: true, cancellationToken);
    }

    private MoveTask? Claim(MoveTask task)
    {
        var now = time.GetUtcNow();
        return task.HeldBy is null || task.HeldBy == process || task.HeldUntil < now
            ? task with
            {
                HeldBy = process,
                HeldUntil = now + Hold,
            }
            : null;
    }

    /// <summary>Moves what was received; false when storage fails, and another run must go on.</summary>
    private async Task<bool> MoveAsync(
        QueueName queue,
        IReadOnlyList<DeliveredMessage> messages,
        Progress progress,
        CancellationToken cancellationToken
    )
    {
        var homeless = messages.Where(m => DestinationOf(m.Message, progress.Task) is null).ToList();
        var movable = messages.Except(homeless).ToList();
        if (homeless.Count > 0)
        {
            progress.Fail("CouldNotDetermineMessageSource");
            await engine.SettleAsync(
                queue,
                MessageSource.Live,
                new Settlement.Nack(TimeSpan.Zero, null),
                [.. homeless.Select(m => m.Receipt!)],
                cancellationToken
            );
        }

        if (movable.Count == 0)
            return true;
        var settled = await engine.SettleAsync(
            queue,
            MessageSource.Live,
            new Settlement.DeadLetter(progress.Task.Reason),
            [.. movable.Select(m => m.Receipt!)],
            cancellationToken
        );
        if (!settled.TryGetValue(out var results, out _))
            return false;
        var marked = movable.Zip(results).Where(pair => pair.Second.Status == SettleStatus.Ok).Select(pair => pair.First.Message).ToList();
        return await RedriveAsync(queue, marked, progress, cancellationToken);
    }

    /// <summary>Moves what a process left among the dead letters; false when storage fails.</summary>
    private async Task<bool> FinishLeftoversAsync(QueueName queue, Progress progress, CancellationToken cancellationToken)
    {
        string? continuation = null;
        do
        {
            if (
                !(
                    await engine.PeekAsync(queue, MessageSource.DeadLetters, Limits.MaxBatchSize, continuation, cancellationToken)
                ).TryGetValue(out var page, out _)
            )
                return false;
            var left = page.Messages.Where(m => MoveTask.IsReason(m.DeadLetterReason)).ToList();
            if (!await RedriveAsync(queue, left, progress, cancellationToken))
                return false;
            continuation = page.Continuation;
        } while (continuation is not null);
        return true;
    }

    private async Task<bool> RedriveAsync(
        QueueName queue,
        IReadOnlyList<StoredMessage> marked,
        Progress progress,
        CancellationToken cancellationToken
    )
    {
        foreach (var group in marked.GroupBy(m => DestinationOf(m, progress.Task)))
        {
            var ids = group.Select(m => m.MessageId).ToList();
            var outcome = await engine.RedriveAsync(queue, new RedriveRequest { MessageIds = ids, To = group.Key }, cancellationToken);
            if (outcome.TryGetValue(out var redriven, out var failure))
            {
                // Without a destination they are in the dead-letter queue again.
                progress.Add(group.Key is null ? 0 : redriven.Moved);
                continue;
            }

            if (failure is not (Failure.QueueNotFound or Failure.QueueTypeMismatch))
                return false;
            progress.Fail("AWS.SimpleQueueService.NonExistentQueue");
            if (!(await engine.RedriveAsync(queue, new RedriveRequest { MessageIds = ids }, cancellationToken)).TryGetValue(out _, out _))
                return false;
        }

        return true;
    }

    private static QueueName? DestinationOf(StoredMessage message, MoveTask task) =>
        QueueName.TryParse(task.Destination ?? message.MovedFrom, out var queue) ? queue : null;

    /// <summary>Says how far the task is, and learns whether it is to stop; false when it is not this process's any more.</summary>
    private async Task<bool> SaveAsync(QueueName queue, Progress progress, bool ended, CancellationToken cancellationToken)
    {
        var saved = await ChangeAsync(
            queue,
            task =>
            {
                if (task.Id != progress.Task.Id || task.HeldBy != process)
                    return null;
                var mine = progress.Task;
                var status =
                    mine.Status == MoveTaskStatus.Failed ? MoveTaskStatus.Failed
                    : task.Status == MoveTaskStatus.Cancelling ? MoveTaskStatus.Cancelled
                    : ended ? MoveTaskStatus.Completed
                    : MoveTaskStatus.Running;
                return task with
                {
                    Status = status,
                    Moved = mine.Moved,
                    FailureReason = mine.FailureReason,
                    HeldBy = status == MoveTaskStatus.Running ? process : null,
                    HeldUntil = status == MoveTaskStatus.Running ? time.GetUtcNow() + Hold : null,
                };
            },
            cancellationToken
        );
        if (saved is null)
            return false;
        progress.Saved(saved, time);
        return true;
    }

    /// <summary>Changes the active task; null when there is none, or the change declines, or cannot be written.</summary>
    private async Task<MoveTask?> ChangeAsync(QueueName queue, Func<MoveTask, MoveTask?> change, CancellationToken cancellationToken)
    {
        MoveTask? changed = null;
        var (_, error) = await editor.ChangeAsync(
            queue,
            (there, draft) =>
            {
                changed = MoveTasks.Of(there.Settings).FirstOrDefault(t => t.IsActive) is { } active ? change(active) : null;
                if (changed is null)
                    return Task.FromResult<SqsError?>(SqsErrors.ResourceNotFound("Task does not exist."));
                MoveTasks.Put(draft, changed);
                return Task.FromResult<SqsError?>(null);
            },
            cancellationToken
        );
        return error is null ? changed : null;
    }

    /// <summary>The task as this process has brought it on, ahead of what is written.</summary>
    private sealed class Progress(MoveTask task)
    {
        private long savedAt;

        public MoveTask Task { get; private set; } = task;

        public void Add(long moved) => Task = Task with { Moved = Task.Moved + moved };

        public void Fail(string reason) => Task = Task with { Status = MoveTaskStatus.Failed, FailureReason = reason };

        public bool IsDue(TimeProvider time, TimeSpan interval) => time.GetElapsedTime(savedAt) > interval;

        public void Saved(MoveTask saved, TimeProvider time) => (Task, savedAt) = (saved, time.GetTimestamp());
    }
}

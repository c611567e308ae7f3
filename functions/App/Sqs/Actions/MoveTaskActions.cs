using FuncQueue.Engine;
using FuncQueue.Functions.Access;
using FuncQueue.Functions.Sqs.Errors;
using FuncQueue.Functions.Sqs.Moves;
using FuncQueue.Functions.Sqs.Protocol;
using FuncQueue.Functions.Sqs.Queues;

namespace FuncQueue.Functions.Sqs.Actions;

/// <summary>Tasks that move the messages of a dead-letter queue to where they came from, or elsewhere.</summary>
internal sealed class MoveTaskActions(QueueEngine engine, QueueEditor editor, TimeProvider time, SqsMaintenance maintenance)
{
    private const int MaxRate = 500;

    /// <summary>What is needed where messages are moved to. A key of the settings that manages queues may move what is in them.</summary>
    private const Rights Sending = Rights.Send | Rights.Manage;

    public async Task<SqsAnswer> StartAsync(SqsCall call, CancellationToken cancellationToken)
    {
        var sourceArn = call.Input.Required("SourceArn");
        var destinationArn = call.Input.Text("DestinationArn") is { Length: > 0 } given ? given : null;
        var rate = call.Input.Number("MaxNumberOfMessagesPerSecond", 1, MaxRate, $"Must be between 1 and {MaxRate}, if provided.");
        var (source, error) = Locate(call, "SourceArn", sourceArn, call.Right);
        QueueName? destination = null;
        if (destinationArn is not null && error is null)
            (destination, error) = Locate(call, "DestinationArn", destinationArn, Sending);
        if ((call.Input.Error ?? error) is { } fault)
            return fault;
        var status = await engine.GetQueueAsync(source!, cancellationToken);
        if (!status.TryGetValue(out var there, out var failure))
            return Missing("SourceArn", failure);
        if (destination is not null && await CheckDestinationAsync(there.Queue, destination, cancellationToken) is { } bad)
            return bad;
        if (!(await SourcesAsync(source!, cancellationToken)).TryGetValue(out var sources, out failure))
            return SqsErrors.From(failure);
        if (sources.Count == 0)
            return SqsErrors.InvalidParameter("Source queue must be configured as a Dead Letter Queue.");
        // Each message goes back to where it came from: to all of these the caller must have a way.
        if (destination is null && sources.Select(queue => call.Denied(queue, Sending)).FirstOrDefault(d => d is not null) is { } denied)
            return denied;
        var task = new MoveTask
        {
            Id = Guid.NewGuid(),
            Destination = destination?.Value,
            Rate = rate,
            StartedAt = time.GetUtcNow(),
            ToMove = there.Counts.Ready,
        };
        (_, error) = await editor.ChangeAsync(
            source!,
            (queue, draft) =>
            {
                if (MoveTasks.Of(queue.Settings).Any(t => t.IsActive))
                {
                    return Task.FromResult<SqsError?>(
                        SqsErrors.InvalidParameter(
                            "There is already a task running. Only one active task is allowed for a source queue arn at a given time."
                        )
                    );
                }

                MoveTasks.Put(draft, task);
                return Task.FromResult<SqsError?>(null);
            },
            cancellationToken
        );
        if (error is not null)
            return error;
        maintenance.RunTask(source!);
        return SqsAnswer.Success(output => output.Text("TaskHandle", new MoveTaskHandle(task.Id, sourceArn).ToString()));
    }

    public async Task<SqsAnswer> ListAsync(SqsCall call, CancellationToken cancellationToken)
    {
        var sourceArn = call.Input.Required("SourceArn");
        var most = call.Input.Number("MaxResults", 1, MoveTasks.Kept, $"Must be between 1 and {MoveTasks.Kept}, if provided.") ?? 1;
        var (source, error) = Locate(call, "SourceArn", sourceArn, call.Right);
        if ((call.Input.Error ?? error) is { } fault)
            return fault;
        if (!(await engine.ReadQueueAsync(source!, cancellationToken)).TryGetValue(out var queue, out var failure))
            return Missing("SourceArn", failure);
        return SqsAnswer.Success(output =>
            output.Structures(
                "Results",
                "ListMessageMoveTasksResultEntry",
                MoveTasks.Of(queue.Settings).Take(most),
                (o, task) => Write(o, task, sourceArn, call.Address)
            )
        );
    }

    public async Task<SqsAnswer> CancelAsync(SqsCall call, CancellationToken cancellationToken)
    {
        var text = call.Input.Required("TaskHandle");
        if (call.Input.Error is { } fault)
            return fault;
        if (MoveTaskHandle.Parse(text) is not { } handle)
            return SqsErrors.InvalidParameter("Value for parameter TaskHandle is invalid.");
        if (call.Address.ParseArn(handle.SourceArn) is not { } source)
            return NoResource("SourceArn", call.Address.Foreign(handle.SourceArn));
        if (call.Denied(source) is { } denied)
            return denied;
        MoveTask? cancelled = null;
        var (_, error) = await editor.ChangeAsync(
            source,
            (queue, draft) =>
            {
                if (MoveTasks.Of(queue.Settings).FirstOrDefault(t => t.Id == handle.TaskId) is not { } task)
                    return Task.FromResult<SqsError?>(SqsErrors.ResourceNotFound("Task does not exist."));
                if (task.Status != MoveTaskStatus.Running)
                    return Task.FromResult<SqsError?>(SqsErrors.UnsupportedOperation("Only a task that is running can be cancelled."));
                cancelled = task with { Status = MoveTaskStatus.Cancelling };
                MoveTasks.Put(draft, cancelled);
                return Task.FromResult<SqsError?>(null);
            },
            cancellationToken
        );
        if (error == SqsErrors.QueueDoesNotExist)
            return NoResource("SourceArn");
        if (error is not null)
            return error;
        // Whoever works on it finds out by itself; should nobody, this process ends it.
        maintenance.RunTask(source);
        return SqsAnswer.Success(output => output.Number("ApproximateNumberOfMessagesMoved", cancelled!.Moved));
    }

    private static void Write(SqsOutput output, MoveTask task, string sourceArn, SqsAddress address)
    {
        output.Text("TaskHandle", task.Status == MoveTaskStatus.Running ? new MoveTaskHandle(task.Id, sourceArn).ToString() : null);
        output.Text("Status", task.Status.ToString().ToUpperInvariant());
        output.Text("SourceArn", sourceArn);
        output.Text("DestinationArn", QueueName.TryParse(task.Destination, out var destination) ? address.ArnOf(destination) : null);
        output.Number("MaxNumberOfMessagesPerSecond", task.Rate);
        output.Number("ApproximateNumberOfMessagesMoved", task.Moved);
        output.Number("ApproximateNumberOfMessagesToMove", task.ToMove);
        output.Text("FailureReason", task.FailureReason);
        output.Number("StartedTimestamp", task.StartedAt.ToUnixTimeMilliseconds());
    }

    /// <summary>The queue of an ARN, if the caller may reach it.</summary>
    private static SqsQueueReference Locate(SqsCall call, string name, string arn, Rights anyOf)
    {
        if (call.Address.ParseArn(arn) is { } queue)
            return new SqsQueueReference(queue, call.Denied(queue, anyOf));
        return new SqsQueueReference(
            null,
            arn.StartsWith("arn:", StringComparison.Ordinal)
                ? NoResource(name, call.Address.Foreign(arn))
                : SqsErrors.InvalidParameter(name, XmlText.Clean(arn), "Is not the ARN of a queue.")
        );
    }

    private async Task<SqsError?> CheckDestinationAsync(QueueInfo source, QueueName destination, CancellationToken cancellationToken)
    {
        if (destination == source.Name)
            return SqsErrors.InvalidParameter("Source queue arn and destination queue arn cannot be the same.");
        if (!(await engine.ReadQueueAsync(destination, cancellationToken)).TryGetValue(out var queue, out var failure))
            return Missing("DestinationArn", failure);
        return queue.Settings.Type == source.Settings.Type
            ? null
            : SqsErrors.InvalidParameter("Source queue and destination queue must be of the same type.");
    }

    /// <summary>The queues whose redrive policy names this one.</summary>
    private async Task<Outcome<IReadOnlyList<QueueName>>> SourcesAsync(QueueName queue, CancellationToken cancellationToken)
    {
        var sources = new List<QueueName>();
        string? continuation = null;
        do
        {
            if (
                !(await engine.ListQueuesAsync("", SqsLimits.MaxResults, continuation, cancellationToken)).TryGetValue(
                    out var page,
                    out var failure
                )
            )
                return failure;
            sources.AddRange(page.Queues.Where(q => RedrivePolicy.Of(q.Settings)?.Target == queue).Select(q => q.Name));
            continuation = page.Continuation;
        } while (continuation is not null);
        return sources;
    }

    private static SqsError Missing(string parameter, Failure failure) =>
        failure is Failure.QueueNotFound ? NoResource(parameter) : SqsErrors.From(failure);

    private static SqsError NoResource(string parameter, string? why = null) =>
        SqsErrors.ResourceNotFound($"The resource that you specified for the {parameter} parameter doesn't exist. {why}".TrimEnd());
}

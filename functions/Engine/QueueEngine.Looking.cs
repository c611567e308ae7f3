using FuncQueue.Engine.Queues;

namespace FuncQueue.Engine;

/// <content>Looking at messages without changing them.</content>
public sealed partial class QueueEngine
{
    /// <summary>Looks at messages without leasing them: ready ones of the live, all of the dead letters; oldest first.</summary>
    public Task<Outcome<MessagePage>> PeekAsync(QueueName queue, MessageSource source, int maxMessages, string? continuation, CancellationToken cancellationToken) =>
        ListAsync("peek", queue, source == MessageSource.Live ? MessageStatus.Ready : MessageStatus.DeadLettered, maxMessages, continuation, cancellationToken);

    /// <summary>Looks at messages that are not due yet: those given back with a delay, then those enqueued with one, by due instant.</summary>
    public Task<Outcome<MessagePage>> ListScheduledAsync(QueueName queue, int maxMessages, string? continuation, CancellationToken cancellationToken) =>
        ListAsync("list-scheduled", queue, MessageStatus.Scheduled, maxMessages, continuation, cancellationToken);

    /// <summary>Groups that have messages in the queue, up to <paramref name="maxGroups"/>, those with the oldest first.</summary>
    public Task<Outcome<GroupPage>> ListGroupsAsync(QueueName queue, int maxGroups, string? continuation, CancellationToken cancellationToken) =>
        PageAsync("list-groups", queue, continuation, (runtime, after) => new GroupList(context, runtime).ReadAsync(maxGroups, after, cancellationToken), cancellationToken);

    private Task<Outcome<MessagePage>> ListAsync(
        string operation, QueueName queue, MessageStatus status, int maxMessages, string? continuation, CancellationToken cancellationToken) =>
        PageAsync(operation, queue, continuation, (runtime, after) => new Peek(context, runtime).ReadAsync(status, maxMessages, after, cancellationToken), cancellationToken);

    private Task<Outcome<T>> PageAsync<T>(
        string operation, QueueName queue, string? continuation, Func<QueueRuntime, PeekPosition?, Task<T>> read, CancellationToken cancellationToken)
    {
        PeekPosition? after = null;
        if (continuation is not null)
        {
            if (!PeekPosition.TryDecode(continuation, out var position))
                return Task.FromResult<Outcome<T>>(new Failure.Invalid([new Fault("continuation", "Is not one that was handed out.")]));
            after = position;
        }

        return WithQueueAsync<T>(operation, queue, async runtime => await read(runtime, after), cancellationToken);
    }

    /// <summary>The message wherever it is, dead letters included.</summary>
    public Task<Outcome<StoredMessage>> FindMessageAsync(QueueName queue, MessageId messageId, CancellationToken cancellationToken) =>
        WithQueueAsync<StoredMessage>(
            "find",
            queue,
            async runtime => await (await InspectAsync(runtime, messageId, cancellationToken)).FindAsync(messageId, cancellationToken) is { } found ? found.Message : new Failure.MessageNotFound(),
            cancellationToken);

    /// <summary>The body of a message, streamed; also, for an hour, of one received with <c>Delete</c> whose body is a payload.</summary>
    public Task<Outcome<OpenedBody>> OpenBodyAsync(QueueName queue, MessageId messageId, CancellationToken cancellationToken) =>
        WithQueueAsync<OpenedBody>(
            "read-body",
            queue,
            async runtime => await (await InspectAsync(runtime, messageId, cancellationToken)).OpenBodyAsync(messageId, cancellationToken) is { } body ? body : new Failure.MessageNotFound(),
            cancellationToken);
}

using FuncQueue.Engine.Deduplication;
using FuncQueue.Engine.Groups;
using FuncQueue.Engine.Registry;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Queues;

/// <summary>Calls that read messages without changing them.</summary>
internal sealed class ReadCalls(EngineContext context, QueueRegistry registry, QueueCalls calls)
{
    public Task<Outcome<MessagePage>> ListAsync(
        QueueName queue,
        MessageStatus status,
        int maxMessages,
        string? continuation,
        CancellationToken cancellationToken
    ) =>
        PageAsync(
            status == MessageStatus.Scheduled ? "list-scheduled" : "peek",
            queue,
            continuation,
            (runtime, after) => new Peek(context, runtime).ReadAsync(status, maxMessages, after, cancellationToken),
            cancellationToken
        );

    public Task<Outcome<GroupPage>> ListGroupsAsync(
        QueueName queue,
        int maxGroups,
        string? continuation,
        CancellationToken cancellationToken
    ) =>
        PageAsync(
            "list-groups",
            queue,
            continuation,
            (runtime, after) => new GroupList(context, runtime).ReadAsync(maxGroups, after, cancellationToken),
            cancellationToken
        );

    public Task<Outcome<StoredMessage>> FindAsync(QueueName queue, MessageId messageId, CancellationToken cancellationToken) =>
        ReadAsync<StoredMessage>(
            "find",
            queue,
            async runtime =>
                await (await calls.InspectAsync(runtime, messageId, cancellationToken)).FindAsync(messageId, cancellationToken) is { } found
                    ? found.Message
                    : new Failure.MessageNotFound(),
            cancellationToken
        );

    public Task<Outcome<OpenedBody>> OpenBodyAsync(QueueName queue, MessageId messageId, CancellationToken cancellationToken) =>
        ReadAsync<OpenedBody>(
            "read-body",
            queue,
            async runtime =>
                await (await calls.InspectAsync(runtime, messageId, cancellationToken)).OpenBodyAsync(messageId, cancellationToken)
                    is { } body
                    ? body
                    : new Failure.MessageNotFound(),
            cancellationToken
        );

    public Task<Outcome<Enqueued?>> FindRepeatedAsync(
        QueueName queue,
        string groupId,
        string deduplicationId,
        CancellationToken cancellationToken
    ) =>
        ReadAsync<Enqueued?>(
            "find-repeated",
            queue,
            async runtime =>
            {
                var (group, key) = (GroupHash.Of(groupId), DeduplicationKey.OfId(deduplicationId));
                var row = DeduplicationRows.RowKey(runtime.Record.HomeShards > 1 ? key.Within(groupId) : key);
                if (await runtime.ShardOfGroup(group).Table.ReadEntityAsync(row, null, cancellationToken) is not { } entity)
                    return (Enqueued?)null;
                var remembered = DeduplicationRows.Read(entity);
                return remembered.ExpiresAt > context.Now && remembered.Group == group
                    ? new Enqueued(
                        remembered.Messages[0],
                        remembered.EnqueuedAt,
                        Duplicate: true,
                        MessageLocation.SequenceNumberOf(remembered.Messages[0])
                    )
                    : null;
            },
            cancellationToken
        );

    /// <summary>The queue and its counts, by its registry row as it is now.</summary>
    public Task<Outcome<QueueStatus>> CountAsync(QueueName queue, CancellationToken cancellationToken) =>
        calls.RunAsync<QueueStatus>(
            "get-queue",
            queue,
            async runtime => await new Inspection(context, runtime).CountAsync(registry.Totals, cancellationToken),
            again: QueueCalls.Always,
            cancellationToken,
            fresh: true
        );

    private Task<Outcome<T>> PageAsync<T>(
        string operation,
        QueueName queue,
        string? continuation,
        Func<QueueRuntime, PeekPosition?, Task<T>> read,
        CancellationToken cancellationToken
    )
    {
        PeekPosition? after = null;
        if (continuation is not null)
        {
            if (!PeekPosition.TryDecode(continuation, out var position))
                return Task.FromResult<Outcome<T>>(new Failure.Invalid([new Fault("continuation", "Is not one that was handed out.")]));
            after = position;
        }

        return ReadAsync<T>(operation, queue, async runtime => await read(runtime, after), cancellationToken);
    }

    private Task<Outcome<T>> ReadAsync<T>(
        string operation,
        QueueName queue,
        Func<QueueRuntime, Task<Outcome<T>>> read,
        CancellationToken cancellationToken
    ) => calls.RunAsync(operation, queue, read, again: QueueCalls.Always, cancellationToken);
}

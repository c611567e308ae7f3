using FuncQueue.Engine.Queues;

namespace FuncQueue.Engine;

/// <summary>
/// What is done to the messages of a queue by those who operate it, beyond what producers and consumers do. Failures as of
/// <see cref="QueueEngine"/>. Thread-safe.
/// </summary>
public sealed class QueueOperations
{
    private readonly QueueEngine engine;

    /// <param name="engine">The queues of the same process.</param>
    public QueueOperations(QueueEngine engine)
    {
        ArgumentNullException.ThrowIfNull(engine);
        this.engine = engine;
    }

    /// <summary>
    /// Looks at the messages of a status without leasing them, oldest first. Those that are not due yet: the ones given back with a delay,
    /// then the ones enqueued with one, by due instant.
    /// </summary>
    public Task<Outcome<MessagePage>> ListAsync(
        QueueName queue,
        MessageStatus status,
        int maxMessages,
        string? continuation,
        CancellationToken cancellationToken
    ) => engine.Reading.ListAsync(queue, status, maxMessages, continuation, cancellationToken);

    /// <summary>
    /// Drops a live message or a dead letter; <see cref="Failure.MessageLeased"/> when somebody holds it, and
    /// <see cref="Failure.MessageNotFound"/> when it is not there.
    /// </summary>
    public Task<Outcome<bool>> RemoveAsync(
        QueueName queue,
        MessageSource source,
        MessageId messageId,
        CancellationToken cancellationToken
    ) => new SettleCalls(engine.Calls, engine.Context.Time).RemoveAsync(queue, source, messageId, cancellationToken);

    /// <summary>
    /// Makes a dead letter live again as a new message, whose id is returned: <see cref="Failure.MessageLeased"/> when somebody holds it,
    /// <see cref="Failure.MessageNotFound"/> when it is not there. It is in one place at every instant, and arrives once.
    /// </summary>
    public Task<Outcome<MessageId>> ResubmitAsync(
        QueueName queue,
        MessageId messageId,
        Resubmission asked,
        CancellationToken cancellationToken
    ) => new ResubmitCalls(engine.Context, engine.Directory, engine.Calls).ResubmitAsync(queue, messageId, asked, cancellationToken);

    /// <summary>
    /// Drops the messages that the filter means, leased ones too; null: all of them, and the deduplication ids of the live ones are
    /// forgotten.
    /// </summary>
    public Task<Outcome<Purged>> PurgeAsync(
        QueueName queue,
        MessageSource source,
        MessageFilter? filter,
        CancellationToken cancellationToken
    ) =>
        engine.Calls.RunAsync(
            "purge",
            queue,
            runtime => new Removal(engine.Context, runtime, source, filter).PurgeAsync(cancellationToken),
            again: QueueCalls.Always,
            cancellationToken
        );

    /// <summary>What a purge would drop. Changes nothing.</summary>
    public Task<Outcome<MessagePreview>> PreviewPurgeAsync(
        QueueName queue,
        MessageSource source,
        MessageFilter? filter,
        CancellationToken cancellationToken
    ) =>
        ReadAsync(
            "preview",
            queue,
            runtime => new Preview(engine.Context, runtime, source).OfPurgeAsync(filter, cancellationToken),
            cancellationToken
        );

    /// <summary>
    /// Which dead letters a redrive could move now, whatever <see cref="RedriveRequest.MaxMessages"/> says. Changes nothing.
    /// </summary>
    public Task<Outcome<MessagePreview>> PreviewRedriveAsync(
        QueueName queue,
        RedriveRequest request,
        CancellationToken cancellationToken
    ) =>
        ReadAsync(
            "preview",
            queue,
            async runtime =>
            {
                foreach (var id in request.MessageIds ?? [])
                    await engine.Calls.InspectAsync(runtime, id, cancellationToken);
                return await new Preview(engine.Context, runtime, MessageSource.DeadLetters).OfRedriveAsync(request, cancellationToken);
            },
            cancellationToken
        );

    /// <summary>Why the dead letters of a queue were dead-lettered.</summary>
    public Task<Outcome<ReasonList>> SummarizeReasonsAsync(QueueName queue, CancellationToken cancellationToken) =>
        ReadAsync(
            "list-reasons",
            queue,
            runtime => DeadLetters.SummarizeAsync(engine.Context, runtime, cancellationToken),
            cancellationToken
        );

    private Task<Outcome<T>> ReadAsync<T>(
        string operation,
        QueueName queue,
        Func<QueueRuntime, Task<T>> read,
        CancellationToken cancellationToken
    ) => engine.Calls.RunAsync<T>(operation, queue, async runtime => await read(runtime), again: QueueCalls.Always, cancellationToken);
}

using FuncQueue.Engine.Queues;
using FuncQueue.Engine.Registry;

namespace FuncQueue.Engine.Sweeping;

/// <summary>
/// One visit of a sweep to one shard. What it changes goes through the shard's loop or an If-Match, so it can overlap with anything.
/// </summary>
/// <param name="whole">Whether to read all rows of messages, whatever is remembered of them.</param>
internal sealed class ShardSweep(
    EngineContext context,
    QueueDirectory directory,
    QueueRuntime queue,
    ShardRuntime shard,
    SweepScope scope,
    bool whole
)
{
    private const SweepScope Messages = SweepScope.ExpiredLeases | SweepScope.Poison;

    private readonly MessageSweep? messages =
        (scope & Messages) == 0 ? null : new MessageSweep(context, directory, queue, shard, scope & Messages);

    private readonly StorageSweep storage = new(context, directory, queue, shard);
    private DateTimeOffset? cursorsDue;

    public SweepReport Report => (messages?.Report ?? new SweepReport()) with { PayloadsDeleted = storage.PayloadsDeleted };

    /// <summary>What was counted; null: the visit was about something else.</summary>
    public PastCount? Counted => messages?.Counted;

    /// <summary>Whether the shard has no row but those that stay for good. Known after a sweep of storage.</summary>
    public bool IsEmpty { get; private set; }

    /// <summary>Whether it is known what is due next: all was read that this visit was about, and it changed nothing.</summary>
    public bool KnowsNextDue => messages?.IsWhole != false && !DidSomething;

    /// <summary>Whether this visit changed anything.</summary>
    public bool DidSomething
    {
        get
        {
            var done = Report;
            var messagesDone = done.Redelivered + done.DeadLettered + done.Expired + (messages?.Arrived ?? 0);
            return messagesDone + storage.Forgotten + done.PayloadsDeleted > 0;
        }
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (messages is not null)
            await messages.RunAsync(whole, cancellationToken);
        if (scope.HasFlag(SweepScope.Storage))
        {
            await storage.RunAsync(cancellationToken);
            var remains = await ShardRemains.ReadAsync(shard.Table, cancellationToken);
            IsEmpty = remains.IsEmpty;
            cursorsDue = await remains.RemoveClosedAsync(shard.Table, context.Now);
            // What was remembered is over.
            if (IsEmpty)
                shard.Remember(shard.Swept, null);
        }
    }

    /// <summary>From when on each kind of sweep may find something, as far as this visit has seen the shard.</summary>
    public Dictionary<SweepScope, DateTimeOffset> NextDue()
    {
        var due = new Dictionary<SweepScope, DateTimeOffset>();
        if (scope.HasFlag(SweepScope.ExpiredLeases))
            due[SweepScope.ExpiredLeases] = messages?.RedeliveryDueAt ?? ShardMarker.Never;
        if (scope.HasFlag(SweepScope.Poison))
            due[SweepScope.Poison] = messages?.RemovalDueAt ?? ShardMarker.Never;
        if (scope.HasFlag(SweepScope.Storage))
            due[SweepScope.Storage] = SweepDue.Earlier(storage.NextDue, cursorsDue) ?? ShardMarker.Never;
        return due;
    }
}

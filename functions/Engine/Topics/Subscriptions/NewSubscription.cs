using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics.Filters;

namespace FuncQueue.Engine.Topics.Subscriptions;

/// <summary>Whether a subscription may be made, and its rows in the registry, which claim its name and its target.</summary>
internal sealed class NewSubscription(SubscribedTopic topic)
{
    /// <summary>Most subscriptions of a topic.</summary>
    public const int MaxSubscriptions = 1000;

    /// <summary>Most cursors of a subscription.</summary>
    public const int MaxCursors = 128;

    /// <summary>What keeps a request from being carried out on what is there; null: nothing does. Pure.</summary>
    public static Failure? Check(SubscriptionRow? there, SubscriptionRequest request, TopicCondition condition)
    {
        var exists = there is { State: SubscriptionState.Active };
        if (condition.IfNoneMatch && exists)
            return new Failure.PreconditionFailed();
        if (condition.IfMatch is { } wanted && (!exists || there!.Revision != wanted))
            return new Failure.PreconditionFailed();
        if (there is null)
            return null;
        if (there.Target != request.Target)
            return new Failure.TargetFixed("The target of a subscription is fixed.");
        return request.GroupId is { } group && there.GroupId != group
            ? new Failure.TargetFixed("The groupId of a subscription is fixed.")
            : null;
    }

    /// <summary>Inserts the rows; null when others were first, and one has to decide anew.</summary>
    public async Task<Outcome<SubscriptionRow>?> InsertAsync(
        SubscriptionSnapshot snapshot,
        string name,
        SubscriptionRequest request,
        CancellationToken cancellationToken
    )
    {
        if (await topic.Cursors.Targets.ReadAsync(request.Target, cancellationToken) is not { } target)
            return Targets.Missing(request.Target);
        if (Check(snapshot, name, request.Target, target, topic.Partitions.Count) is { } refused)
            return refused;
        if (await ClosesCycleAsync(request.Target, target.Table, cancellationToken))
            return new Failure.SubscriptionCycle();
        var now = topic.Context.Now;
        var row = new SubscriptionRow
        {
            TopicTable = topic.Topic.Table,
            Name = name,
            Number = snapshot.NextNumber,
            Id = SubscriptionRow.NewId(),
            State = SubscriptionState.Opening,
            Target = request.Target,
            TargetTable = target.Table,
            TargetShards = target.Shards,
            IsOrdered = target.IsOrdered,
            GroupId = request.GroupId ?? name,
            Filters = request.Filters ?? SubscriptionFilters.None,
            StampAs = request.StampAs.Or(null),
            Annotations = request.Annotations ?? new Dictionary<string, string>(),
            CreatedAt = now,
            ChangedAt = now,
            Revision = SubscriptionRow.NewRevision(),
        };
        var commit = await topic.TryCommitAsync(
            [row.Insert(), row.InsertTarget(topic.Topic.Name), snapshot.Next(snapshot.Version, snapshot.NextNumber + 1)],
            after => after.Find(name)?.Id == row.Id
        );
        if (!commit.TryGetValue(out var done, out var failure))
            return failure;
        // As it was written; its ETag is read when it becomes active.
        return done ? (Outcome<SubscriptionRow>)row : null;
    }

    /// <summary>Whether a subscription would let records come back to where they came from.</summary>
    public async Task<bool> ClosesCycleAsync(SubscriptionTarget target, string targetTable, CancellationToken cancellationToken) =>
        target.Topic is not null && await new Cycles(topic.Subscriptions).ReachesAsync(targetTable, topic.Topic.Table, cancellationToken);

    private static Failure? Check(
        SubscriptionSnapshot snapshot,
        string name,
        SubscriptionTarget wanted,
        StoredTarget target,
        int partitions
    )
    {
        var isAlternate = name == SubscriptionRow.AlternateName;
        if (!isAlternate && snapshot.Rows.FirstOrDefault(r => r.TargetTable == target.Table && !r.IsAlternate) is { } other)
            return new Failure.AlreadySubscribed(other.Name);
        if (snapshot.Rows.Count(r => !r.IsAlternate) >= MaxSubscriptions && !isAlternate)
            return new Failure.SubscriptionLimit();
        var cursors = partitions * (target.IsOrdered || wanted.Topic is not null ? target.Shards : 1);
        if (cursors <= MaxCursors)
            return null;
        return new Failure.Invalid([
            wanted.Topic is null
                ? new Fault("queue", $"Partitions times shards of a FIFO queue must not exceed {MaxCursors}; here it is {cursors}.")
                : new Fault(
                    "topic",
                    $"Partitions of the one topic times those of the other must not exceed {MaxCursors}; here it is {cursors}."
                ),
        ]);
    }
}

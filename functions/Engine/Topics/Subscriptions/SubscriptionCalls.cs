using FuncQueue.Engine.Registry;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics.Filters;

namespace FuncQueue.Engine.Topics.Subscriptions;

/// <summary>Calls about the subscriptions of a topic: making, changing, ending and moving them.</summary>
internal sealed class SubscriptionCalls(SubscribedTopic topic)
{
    /// <summary>Most subscriptions that change together: a transaction has 100 operations.</summary>
    public const int MaxTogether = 98;

    /// <summary>How long an end waits for what is still to arrive.</summary>
    public static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(60);

    private const int MaxAttempts = 10;

    private readonly Unsubscribing unsubscribing = new(topic);
    private readonly NewSubscription making = new(topic);

    /// <summary>Makes the subscription, or changes its filters and what else can change of it.</summary>
    public async Task<Outcome<SubscriptionPut>> PutAsync(
        QueueName name,
        SubscriptionRequest request,
        TopicCondition condition,
        CancellationToken cancellationToken
    )
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var snapshot = await topic.ReadAsync(cancellationToken);
            var row = snapshot.Find(name.Value);
            if (row is { State: SubscriptionState.Closing })
            {
                if (await unsubscribing.FinishAsync(row, DrainTime, cancellationToken) is { } unfinished)
                    return unfinished;
                continue;
            }

            if (NewSubscription.Check(row, request, condition) is { } refused)
                return refused;
            var put = row is { State: SubscriptionState.Active }
                ? await ChangeAsync(snapshot, row, request)
                : await PutAsync(snapshot, name, row, request, cancellationToken);
            if (put is not null)
                return put;
        }

        return new Failure.StorageUnavailable(StorageFault.DefaultRetryAfter);
    }

    /// <summary>Changes the filters of several: every record is routed by all of the old ones or all of the new ones.</summary>
    public async Task<Outcome<IReadOnlyList<SubscriptionInfo>>> ChangeAsync(
        IReadOnlyDictionary<QueueName, SubscriptionFilters> filters,
        CancellationToken cancellationToken
    )
    {
        if (filters.Count > MaxTogether || filters.Values.Sum(f => (long)f.Json.Length) > ShardTable.MaxTransactionBytes)
            return new Failure.Invalid([
                new Fault(
                    "",
                    $"At most {MaxTogether} subscriptions change together, with {ShardTable.MaxTransactionBytes} bytes of filters in all."
                ),
            ]);
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var snapshot = await topic.ReadAsync(cancellationToken);
            var rows = new List<SubscriptionRow>();
            foreach (var (name, wanted) in filters)
            {
                if (snapshot.Find(name.Value) is not { State: SubscriptionState.Active } row)
                    return new Failure.SubscriptionNotFound(name.Value);
                rows.Add(Changed(row, wanted));
            }

            if (await ChangeAsync(snapshot, rows) is not { } changed)
                continue;
            if (changed.Failure is { } failure)
                return failure;
            return rows.ConvertAll(r => r.ToInfo(topic.Topic.Name));
        }

        return new Failure.StorageUnavailable(StorageFault.DefaultRetryAfter);
    }

    /// <summary>Makes a queue take what no subscription takes, or none; it can be repeated.</summary>
    public async Task<Failure?> SetAlternateAsync(QueueName? queue, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var snapshot = await topic.ReadAsync(cancellationToken);
            var row = snapshot.Find(SubscriptionRow.AlternateName);
            if (queue is null && snapshot.ETag == default)
                return null;
            if (row is not null && (row.State == SubscriptionState.Closing || row.Target.Queue != queue || await IsOrphanAsync(row)))
            {
                if (await unsubscribing.EndAsync(row, drain: true, DrainTime, cancellationToken) is { } unended)
                    return unended;
                continue;
            }

            // Whoever made it so may have stopped before all heads were raised.
            if (queue is null || row is { State: SubscriptionState.Active })
                return (await topic.RaiseAsync(snapshot.Version)).Failure;
            var request = new SubscriptionRequest { Target = SubscriptionTarget.To(queue) };
            if (await MakeAsync(snapshot, SubscriptionRow.AlternateName, row, request, cancellationToken) is { } made)
                return made.Failure;
        }

        return new Failure.OutcomeUnknown(StorageFault.DefaultRetryAfter);

        async Task<bool> IsOrphanAsync(SubscriptionRow alternate) =>
            (await topic.Cursors.Targets.ReadAsync(alternate.Target, cancellationToken))?.Table is { } table
            && table != alternate.TargetTable;
    }

    /// <summary>Ends the subscription; false when there is none. After the answer nothing of it arrives.</summary>
    public async Task<Outcome<bool>> DeleteAsync(QueueName name, bool drain, CancellationToken cancellationToken)
    {
        var row = (await topic.ReadAsync(cancellationToken)).Find(name.Value);
        if (row is null)
            return false;
        return await unsubscribing.EndAsync(row, drain, DrainTime, cancellationToken) is { } failure ? failure : true;
    }

    /// <summary>Forwards again from somewhere on, judged by the present filters, or skips what lies before.</summary>
    public async Task<Outcome<bool>> SeekAsync(QueueName name, SubscriptionStart to, CancellationToken cancellationToken)
    {
        var snapshot = await topic.ReadAsync(cancellationToken);
        if (snapshot.Find(name.Value) is not { State: SubscriptionState.Active } row)
            return new Failure.SubscriptionNotFound(name.Value);
        if (!(await StartPlaces.FindAsync(topic, to, cancellationToken)).TryGetValue(out var places, out var misplaced))
            return misplaced;
        if (await topic.MarkAsync() is { } unmarked)
            return unmarked;
        var moved = await topic.Cursors.ChangeAsync(
            row,
            topic.Partitions.Count,
            (partition, cursor) => cursor with { Next = places.Positions[partition], Judge = snapshot.Version }
        );
        if (moved is not null || await new Subscribing(topic, unsubscribing).RaiseToFloorAsync(row) is not null)
            return new Failure.OutcomeUnknown(StorageFault.DefaultRetryAfter);
        topic.Forwarding.Restart(row);
        return true;
    }

    private async Task<Outcome<SubscriptionPut>?> PutAsync(
        SubscriptionSnapshot snapshot,
        QueueName name,
        SubscriptionRow? begun,
        SubscriptionRequest request,
        CancellationToken cancellationToken
    )
    {
        if (await MakeAsync(snapshot, name.Value, begun, request, cancellationToken) is not { } made)
            return null;
        return made.TryGetValue(out var active, out var failure)
            ? new SubscriptionPut(active.ToInfo(topic.Topic.Name), Created: true)
            : failure;
    }

    /// <summary>Makes a subscription, or goes on with one that is made in part; null when one has to decide anew.</summary>
    private async Task<Outcome<SubscriptionRow>?> MakeAsync(
        SubscriptionSnapshot snapshot,
        string name,
        SubscriptionRow? begun,
        SubscriptionRequest request,
        CancellationToken cancellationToken
    )
    {
        if (!(await StartPlaces.FindAsync(topic, request.From, cancellationToken)).TryGetValue(out var places, out var misplaced))
            return misplaced;
        if (begun is null)
        {
            if (await making.InsertAsync(snapshot, name, request, cancellationToken) is not { } inserted)
                return null;
            if (!inserted.TryGetValue(out begun, out var refused))
                return refused;
        }

        if (await making.ClosesCycleAsync(begun.Target, begun.TargetTable, CancellationToken.None))
        {
            // Others have been at it at the same time.
            return await unsubscribing.EndAsync(begun, drain: false, TimeSpan.Zero, CancellationToken.None) is { } unended
                ? unended
                : new Failure.SubscriptionCycle();
        }

        return await new Subscribing(topic, unsubscribing).OpenAsync(begun, places);
    }

    private async Task<Outcome<SubscriptionPut>?> ChangeAsync(
        SubscriptionSnapshot snapshot,
        SubscriptionRow row,
        SubscriptionRequest request
    )
    {
        var filters = request.Filters ?? row.Filters;
        var stampAs = request.StampAs.Or(row.StampAs);
        var annotations = request.Annotations ?? row.Annotations;
        if (
            filters is null
            || (
                row.Filters is { } old
                && filters.Json.Span.SequenceEqual(old.Json.Span)
                && stampAs == row.StampAs
                && annotations.SameAs(row.Annotations)
            )
        )
        {
            // Whoever made it so may have stopped before all heads were raised.
            return (await topic.RaiseAsync(snapshot.Version)).Failure is { } unraised
                ? unraised
                : new SubscriptionPut(row.ToInfo(topic.Topic.Name), Created: false);
        }

        var changed = Changed(row, filters) with { StampAs = stampAs, Annotations = annotations };
        if (await ChangeAsync(snapshot, [changed]) is not { } outcome)
            return null;
        return outcome.Failure is { } failure ? failure : new SubscriptionPut(changed.ToInfo(topic.Topic.Name), Created: false);
    }

    private SubscriptionRow Changed(SubscriptionRow row, SubscriptionFilters filters) =>
        row with
        {
            Filters = filters,
            ChangedAt = topic.Context.Now,
            Revision = SubscriptionRow.NewRevision(),
        };

    /// <summary>Puts filters in force; null when others were first, and one has to decide anew.</summary>
    private async Task<Outcome<long>?> ChangeAsync(SubscriptionSnapshot snapshot, List<SubscriptionRow> rows)
    {
        var version = snapshot.Version + 1;
        var commit = await topic.TryCommitAsync(
            [.. rows.Select(r => r.WriteFilters()), snapshot.Next(version, snapshot.NextNumber)],
            now => rows.TrueForAll(r => now.Find(r.Name)?.Revision == r.Revision)
        );
        if (!commit.TryGetValue(out var done, out var failure))
            return failure;
        if (!done)
            return null;
        return (await topic.RaiseAsync(version)).Failure is { } unraised ? unraised : version;
    }
}

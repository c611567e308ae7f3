using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Topics.Subscriptions;

/// <summary>
/// Makes a subscription: its row, then its cursors, then it becomes active, then the heads of all partitions are raised, so that what is
/// published from then on is routed to it. Whoever finds it made in part goes on.
/// </summary>
internal sealed class Subscribing(SubscribedTopic topic, Unsubscribing unsubscribing)
{
    private const int MaxAttempts = 10;

    /// <summary>Makes it active; null when the row in its place is another one by now, and one has to decide anew.</summary>
    public async Task<Outcome<SubscriptionRow>?> OpenAsync(SubscriptionRow row, StartPlaces places)
    {
        if (await topic.MarkAsync() is { } unmarked)
            return SubscribedTopic.InPart(unmarked);
        if (await topic.Cursors.InsertAsync(row, places.Positions, places.Judge) is { } missing)
            return SubscribedTopic.InPart(missing);
        if (await ActivateAsync(row) is not { } activated)
            return null;
        if (!activated.TryGetValue(out var active, out var failure))
            return failure;
        if ((await topic.RaiseAsync(active.Since)).Failure is { } unraised)
            return unraised;
        if (await RaiseToFloorAsync(active) is { } unplaced)
            return SubscribedTopic.InPart(unplaced);
        if ((await topic.Cursors.Targets.ReadAsync(row.Target, CancellationToken.None))?.Table != row.TargetTable)
        {
            // Whoever deleted the target may have looked for its subscriptions before this one was there.
            return await unsubscribing.EndAsync(active, drain: false, TimeSpan.Zero, CancellationToken.None) is { } unended
                ? unended
                : Targets.Missing(row.Target);
        }

        topic.Forwarding.Restart(active);
        return active;
    }

    /// <summary>Puts cursors that are behind what is kept to where it begins.</summary>
    public async Task<Failure?> RaiseToFloorAsync(SubscriptionRow row)
    {
        var floors = await Task.WhenAll(
            Enumerable.Range(0, topic.Partitions.Count).Select(p => topic.Partitions.ReadFloorAsync(p, CancellationToken.None))
        );
        return await topic.Cursors.ChangeAsync(
            row,
            topic.Partitions.Count,
            (partition, cursor) => cursor.Next < floors[partition] ? cursor with { Next = floors[partition] } : null
        );
    }

    private async Task<Outcome<SubscriptionRow>?> ActivateAsync(SubscriptionRow row)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var snapshot = await topic.ReadAsync(CancellationToken.None);
            if (snapshot.Find(row.Name) is not { } there || there.Id != row.Id || there.State == SubscriptionState.Closing)
                return null;
            if (there.State == SubscriptionState.Active)
                return there;
            var active = there with { State = SubscriptionState.Active, Since = snapshot.Version + 1 };
            var commit = await topic.TryCommitAsync(
                [active.WriteState(), snapshot.Next(active.Since, snapshot.NextNumber)],
                now => now.Find(row.Name) is { State: SubscriptionState.Active } r && r.Id == row.Id
            );
            if (commit.Failure is { } failure)
                return SubscribedTopic.InPart(failure);
        }

        return new Failure.OutcomeUnknown(StorageFault.DefaultRetryAfter);
    }
}

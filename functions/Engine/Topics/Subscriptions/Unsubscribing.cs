using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Topics.Subscriptions;

/// <summary>
/// Ends a subscription: nothing more is routed to it, what was still arrives, its cursors are closed, its row goes. Whoever finds it ended
/// in part goes on.
/// </summary>
internal sealed class Unsubscribing(SubscribedTopic topic)
{
    private const int MaxAttempts = 10;

    /// <summary>Ends a subscription; why it could not be ended yet, or null. When it is null nothing of it arrives any more.</summary>
    /// <param name="drain">Whether what was routed to it still arrives.</param>
    public async Task<Failure?> EndAsync(SubscriptionRow row, bool drain, TimeSpan time, CancellationToken cancellationToken)
    {
        if (!(await CloseAsync(row, drain)).TryGetValue(out var closing, out var failure))
            return failure;
        return closing is null ? null : await FinishAsync(closing, time, cancellationToken);
    }

    /// <summary>Goes on with one that is closing.</summary>
    public async Task<Failure?> FinishAsync(SubscriptionRow closing, TimeSpan time, CancellationToken cancellationToken)
    {
        if (!(await topic.RaiseAsync(closing.Until!.Value)).TryGetValue(out var next, out var unraised))
            return unraised;
        var drains = closing is { Drops: false, Since: > 0 };
        if (drains && !await topic.Forwarding.DrainAsync(closing, next, time, cancellationToken))
            return new Failure.OutcomeUnknown(StorageFault.DefaultRetryAfter);
        if (await topic.Cursors.CloseAsync(closing, topic.Partitions.Count, topic.Context.Now) is { } unclosed)
            return SubscribedTopic.InPart(unclosed);
        return await RemoveAsync(closing);
    }

    /// <summary>From now on nothing is routed to it; null when it is gone.</summary>
    private async Task<Outcome<SubscriptionRow?>> CloseAsync(SubscriptionRow row, bool drain)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var snapshot = await topic.ReadAsync(CancellationToken.None);
            if (snapshot.Find(row.Name) is not { } there || there.Id != row.Id)
                return (SubscriptionRow?)null;
            // One that is drained may be dropped after all; not the other way round.
            if (there.State == SubscriptionState.Closing && (there.Drops || drain))
                return there;
            var closing = there with { State = SubscriptionState.Closing, Until = there.Until ?? snapshot.Version + 1, Drops = !drain };
            var commit = await topic.TryCommitAsync(
                [closing.WriteState(), snapshot.Next(snapshot.Version + 1, snapshot.NextNumber)],
                now => now.Find(row.Name) is { State: SubscriptionState.Closing } r && r.Id == row.Id && r.Drops == !drain
            );
            if (commit.Failure is { } failure)
                return failure;
        }

        return new Failure.OutcomeUnknown(StorageFault.DefaultRetryAfter);
    }

    private async Task<Failure?> RemoveAsync(SubscriptionRow row)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var snapshot = await topic.ReadAsync(CancellationToken.None);
            if (snapshot.Find(row.Name) is not { } there || there.Id != row.Id)
                return null;
            var commit = await topic.TryCommitAsync(
                [there.Remove(), there.RemoveTarget(), snapshot.Next(snapshot.Version, snapshot.NextNumber)],
                now => now.Find(row.Name)?.Id != row.Id
            );
            if (commit.Failure is { } failure)
                return SubscribedTopic.InPart(failure);
        }

        return new Failure.OutcomeUnknown(StorageFault.DefaultRetryAfter);
    }
}

using FuncQueue.Engine.Topics.Filters;
using FuncQueue.Engine.Topics.Log;
using FuncQueue.Engine.Topics.Records;
using FuncQueue.Engine.Topics.Subscriptions;

namespace FuncQueue.Engine.Topics.Forwarding;

/// <summary>
/// Which records a subscription takes: those that list it; of those routed by a version older than its cursor says, what the present
/// filters match, which look into payloads as they did when records were published.
/// </summary>
internal sealed class Taking(SubscriptionRow subscription, SubscriptionRoutes routes, ShortPayloads payloads)
{
    private readonly Lazy<SubscriptionMatcher> own = new(() =>
        SubscriptionMatcher.Compile([KeyValuePair.Create(subscription.Number, subscription.Filters ?? SubscriptionFilters.None)])
    );

    /// <summary>Whether filters judge the records of a run, which so do not tell themselves who takes them.</summary>
    public bool IsJudged(RecordRun run, long judge) => run.RoutedBy < JudgedBelow(judge);

    /// <summary>Whether some record of a run may be taken, judged without looking at records.</summary>
    /// <param name="judge">As the cursor says.</param>
    public bool MayTake(RecordRun run, long judge)
    {
        if (IsJudged(run, judge))
            return true;
        foreach (var set in run.Sets)
        {
            if (subscription.IsListed(set, run.RoutedBy))
                return true;
        }

        return false;
    }

    /// <summary>Whether a record is taken. Storage is asked only for a payload that a filter is to look into.</summary>
    public ValueTask<bool> TakesAsync(ForwardedRecord record, long judge, CancellationToken cancellationToken)
    {
        if (record.RoutedBy >= JudgedBelow(judge))
            return new(subscription.IsListed(record.Subscriptions, record.RoutedBy));
        if (record.Payload is not { } payload)
            return new(Judge(record, record.Content.Body));
        return ReadsBodies ? new(JudgeAsync(record, payload, cancellationToken)) : new(Judge(record, null));
    }

    private bool ReadsBodies => subscription.IsAlternate ? routes.ReadsBodies : own.Value.ReadsBodies;

    private async Task<bool> JudgeAsync(ForwardedRecord record, Guid payload, CancellationToken cancellationToken) =>
        Judge(record, await payloads.ReadAsync(record.Partition, payload, record.BodyLength, cancellationToken));

    private bool Judge(ForwardedRecord record, ReadOnlyMemory<byte>? body)
    {
        var routable = new Routable(record.Content.RoutingKey ?? "", record.Content.Attributes, body);
        return subscription.IsAlternate ? routes.Route(routable).Count == 0 : own.Value.Match(routable).Count > 0;
    }

    // What was routed while it was active lists it if it takes it.
    private long JudgedBelow(long judge) => judge == StartPlaces.JudgeAllBefore ? subscription.Since : judge;
}

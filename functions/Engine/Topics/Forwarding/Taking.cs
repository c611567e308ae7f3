using FuncQueue.Engine.Topics.Filters;
using FuncQueue.Engine.Topics.Log;
using FuncQueue.Engine.Topics.Records;
using FuncQueue.Engine.Topics.Subscriptions;

namespace FuncQueue.Engine.Topics.Forwarding;

/// <summary>
/// Which records a subscription takes: those that list it; of those routed by a version older than its cursor says, what the present
/// filters match. Pure.
/// </summary>
internal sealed class Taking(SubscriptionRow subscription, SubscriptionRoutes routes)
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

    public bool Takes(ForwardedRecord record, long judge)
    {
        if (record.RoutedBy >= JudgedBelow(judge))
            return subscription.IsListed(record.Subscriptions, record.RoutedBy);
        var content = record.Content;
        var isShort = record.Payload is null && content.Body.Length <= Limits.MaxFilteredBodyBytes;
        var body = isShort ? content.Body : (ReadOnlyMemory<byte>?)null;
        var routable = new Routable(content.RoutingKey ?? "", content.Attributes, body);
        return subscription.IsAlternate ? routes.Route(routable).Count == 0 : own.Value.Match(routable).Count > 0;
    }

    // What was routed while it was active lists it if it takes it.
    private long JudgedBelow(long judge) => judge == StartPlaces.JudgeAllBefore ? subscription.Since : judge;
}

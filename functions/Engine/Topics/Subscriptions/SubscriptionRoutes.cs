using FuncQueue.Engine.Topics.Filters;
using FuncQueue.Engine.Topics.Log;
using FuncQueue.Engine.Topics.Records;

namespace FuncQueue.Engine.Topics.Subscriptions;

/// <summary>One version of a topic's subscriptions, to route by.</summary>
internal sealed class SubscriptionRoutes : IRoutes
{
    private readonly SubscriptionMatcher matcher;

    public SubscriptionRoutes(SubscriptionSnapshot snapshot)
    {
        Version = snapshot.Version;
        Rows = snapshot.Rows;
        var active = snapshot.Rows.Where(r => r.State == SubscriptionState.Active).ToList();
        HasAlternate = active.Exists(r => r.IsAlternate);
        matcher = SubscriptionMatcher.Compile(
            active.Where(r => !r.IsAlternate).Select(r => KeyValuePair.Create(r.Number, r.Filters ?? SubscriptionFilters.None))
        );
    }

    public long Version { get; }

    public bool HasAlternate { get; }

    /// <summary>Whether a body can matter.</summary>
    public bool ReadsBodies => matcher.ReadsBodies;

    /// <summary>All of them, those too that nothing is routed to.</summary>
    public IReadOnlyList<SubscriptionRow> Rows { get; }

    public SubscriptionSet Route(in Routable record) => matcher.Match(record);

    /// <summary>A dry run: for each subscription that callers know of, whether it would take the record, and if not, why.</summary>
    public IReadOnlyList<SubscriptionMatch> Explain(in Routable record)
    {
        var names = Rows.ToDictionary(r => r.Number, r => r.Name);
        return [.. matcher.Explain(record).Select(v => new SubscriptionMatch(names[v.Subscription], v.Failed))];
    }
}

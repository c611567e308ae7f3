using FuncQueue.Engine.Topics.Log;
using FuncQueue.Engine.Topics.Records;

namespace FuncQueue.Engine.Topics.Filters;

/// <summary>
/// Tells which of a topic's subscriptions take a message, without holding each one's filters against it. Immutable, for any number of
/// threads; when subscriptions change, another one is made, in which filters that are the same objects as before need no more reading.
/// </summary>
internal sealed class SubscriptionMatcher
{
    private readonly MatcherParts parts;
    private readonly SubscriptionSets sets;
    private MatchScratch? spare;

    private SubscriptionMatcher(MatcherParts parts)
    {
        this.parts = parts;
        sets = new SubscriptionSets(parts.Numbers);
    }

    /// <summary>Whether a body can matter to any subscription; where not, it need not be there when a message is routed.</summary>
    public bool ReadsBodies => parts.Body.Count > 0 || Array.Exists(parts.Filters, f => f.Body is not null);

    /// <summary>How many subscriptions there are.</summary>
    public int Count => parts.Numbers.Length;

    /// <param name="subscriptions">Filters by the number of the subscription.</param>
    public static SubscriptionMatcher Compile(IEnumerable<KeyValuePair<int, SubscriptionFilters>> subscriptions) =>
        new(MatcherParts.Of(subscriptions));

    /// <summary>
    /// The subscriptions that take the message. The same ones are the same object, as long as this matcher remembers them.
    /// </summary>
    public SubscriptionSet Match(in Routable message) => Match(message, out _);

    /// <summary>A dry run: for each subscription, by ascending number, whether it takes the message, and if not, why.</summary>
    public IReadOnlyList<FilterVerdict> Explain(in Routable message) => Explainer.Explain(parts, message);

    public SubscriptionSet Match(in Routable message, out MatchCost cost)
    {
        var scratch = Interlocked.Exchange(ref spare, null) ?? new MatchScratch(parts);
        var set = sets.Of(scratch.Match(message, out cost));
        spare = scratch;
        return set;
    }
}

namespace FuncQueue.Engine.Topics.Filters;

/// <summary>What a matcher is made of: the filters of all subscriptions, and how they are found. Only read once it is made.</summary>
internal sealed class MatcherParts
{
    private MatcherParts(int[] numbers, SubscriptionFilters[] filters)
    {
        Numbers = numbers;
        Subscriptions = filters;
        Unfiltered = new ulong[(numbers.Length + 63) / 64];
    }

    /// <summary>The numbers of the subscriptions, ascending.</summary>
    public int[] Numbers { get; }

    /// <summary>Of the subscriptions, in the same order.</summary>
    public SubscriptionFilters[] Subscriptions { get; }

    /// <summary>The subscriptions that take everything, as bits.</summary>
    public ulong[] Unfiltered { get; }

    public BoundFilter[] Filters { get; private set; } = [];

    /// <summary>Of the filters, in the same order.</summary>
    public Examination[] Examinations { get; private set; } = [];

    /// <summary>Filters that nothing finds: they are held against each message.</summary>
    public List<int> Always { get; } = [];

    public RoutingIndex Routing { get; } = new();

    public FieldNode Attributes { get; } = new();

    public FieldNode Body { get; } = new();

    public bool HasBodyIndexes { get; private set; }

    public static MatcherParts Of(IEnumerable<KeyValuePair<int, SubscriptionFilters>> subscriptions)
    {
        var sorted = subscriptions.OrderBy(s => s.Key).ToList();
        var parts = new MatcherParts([.. sorted.Select(s => s.Key)], [.. sorted.Select(s => s.Value)]);
        var bound = new List<BoundFilter>();
        for (var i = 0; i < sorted.Count; i++)
        {
            if (parts.Subscriptions[i].TakesEverything)
                parts.Unfiltered[i / 64] |= 1UL << (i % 64);
            else
                bound.AddRange(parts.Subscriptions[i].Filters.Select(f => BoundFilter.Bind(i, f, parts.Attributes, parts.Body)));
        }

        parts.Index([.. bound]);
        return parts;
    }

    private void Index(BoundFilter[] filters)
    {
        Filters = filters;
        var plan = new AccessPlan();
        foreach (var filter in filters)
            plan.Count(filter);
        for (var i = 0; i < filters.Length; i++)
        {
            if (plan.Choose(filters[i]) is not { } keys)
            {
                Always.Add(i);
                continue;
            }

            filters[i] = filters[i] with { FoundByRoutingKey = keys is [{ Kind: AccessKind.Routing }, ..] };
            foreach (var key in keys)
            {
                if (key.Pattern is { } pattern)
                    Routing.Add(pattern, i);
                else
                    key.Field!.MakeIndex().Add(key, i);
            }
        }

        Examinations = [.. filters.Select(f => new Examination(f))];
        HasBodyIndexes = Body.HasIndexes;
    }
}

using FuncQueue.Engine.Topics.Log;

namespace FuncQueue.Engine.Topics.Filters;

/// <summary>What one message's routing needs room for; a matcher keeps it for the next message.</summary>
internal sealed class MatchScratch(MatcherParts parts)
{
    private readonly ulong[] taken = new ulong[parts.Unfiltered.Length];
    private readonly Candidates candidates = new(parts.Filters.Length);
    private readonly TriePlaces places = new(parts.Routing.Places);
    private Range[] words = new Range[16];
    private FieldSet? attributes;
    private FieldSet? body;
    private MatchCost cost;

    /// <summary>The subscriptions that take a message, as bits, until the next call.</summary>
    public ReadOnlySpan<ulong> Match(in Routable message, out MatchCost cost)
    {
        this.cost = default;
        parts.Unfiltered.CopyTo(taken, 0);
        if (parts.Filters.Length > 0)
        {
            var key = new RoutingKey(message.RoutingKey, ref words);
            FindCandidates(message, key);
            foreach (var candidate in candidates.Found)
            {
                ref readonly var examination = ref parts.Examinations[candidate];
                ref var bits = ref taken[examination.Subscription >> 6];
                var bit = 1UL << examination.Subscription;
                if ((bits & bit) == 0 && Matches(examination, message, key))
                    bits |= bit;
            }
        }

        cost = this.cost;
        return taken;
    }

    /// <summary>Reads the attributes that filters ask for; null where there are none.</summary>
    public static FieldSet? ReadAttributes(in Routable message, FieldNode node)
    {
        if (node.Count == 0)
            return null;
        FieldSet? fields = null;
        foreach (var (name, text) in message.Attributes)
        {
            if (node.SlotOf(name) is >= 0 and var slot)
                (fields ??= new FieldSet(node.Count)).Set(slot, Attribute(text));
        }

        return fields;
    }

    /// <summary>Reads what filters ask for in the body; null where there is nothing that a filter could match.</summary>
    public static FieldSet? ReadBody(in Routable message, FieldNode node) =>
        message.Body is { Length: <= Limits.MaxFilteredBodyBytes } json ? JsonFields.ReadObject(json.Span, node) : null;

    private static FieldValue Attribute(string text)
    {
        if (JsonFields.ReadArray(text) is { } array)
            return array;
        var value = new FieldValue();
        value.Add(Leaf.OfAttribute(text));
        return value;
    }

    private void FindCandidates(in Routable message, RoutingKey key)
    {
        candidates.Clear();
        body = null;
        candidates.Add(parts.Always);
        cost.Places = parts.Routing.Find(message.RoutingKey, key, places, candidates);
        attributes = ReadAttributes(message, parts.Attributes);
        attributes?.Find(parts.Attributes, candidates);
        if (parts.HasBodyIndexes)
            Body(message)?.Find(parts.Body, candidates);
    }

    private bool Matches(in Examination examination, in Routable message, RoutingKey key)
    {
        if (examination.IsNothing)
            return true;
        cost.Examined++;
        return examination.Rest is { } filter ? Matches(filter, message, key) : examination.Matches(attributes);
    }

    private bool Matches(BoundFilter filter, in Routable message, RoutingKey key) =>
        (filter.FoundByRoutingKey || filter.RoutingKeys is not { } patterns || RoutingPattern.AnyMatches(patterns, key))
        && (filter.Attributes?.Matches(attributes) ?? true)
        && (filter.Body is not { } policy || (Body(message) is { } fields && policy.Matches(fields)));

    /// <summary>The body is read when the first filter asks for it, and once.</summary>
    private FieldSet? Body(in Routable message)
    {
        if (!cost.ReadBody)
        {
            cost.ReadBody = true;
            body = ReadBody(message, parts.Body);
        }

        return body;
    }
}

using System.Globalization;
using FuncQueue.Engine.Topics.Log;

namespace FuncQueue.Engine.Topics.Filters;

/// <summary>Says of each subscription whether it takes a message, and of those that do not, which condition failed first.</summary>
internal sealed class Explainer
{
    /// <summary>So many values of a field are told.</summary>
    private const int Told = 3;

    private readonly MatcherParts parts;
    private readonly Routable message;
    private readonly FieldSet? attributes;
    private readonly FieldSet? body;

    private Explainer(MatcherParts parts, in Routable message)
    {
        this.parts = parts;
        this.message = message;
        attributes = MatchScratch.ReadAttributes(message, parts.Attributes);
        body = MatchScratch.ReadBody(message, parts.Body);
    }

    public static IReadOnlyList<FilterVerdict> Explain(MatcherParts parts, in Routable message)
    {
        var explainer = new Explainer(parts, message);
        var filters = parts.Filters.ToLookup(f => f.Subscription);
        return [.. parts.Numbers.Select((number, i) => new FilterVerdict(number, explainer.Failure(filters[i])))];
    }

    /// <summary>Of the first filter, where none matches; a subscription without any takes everything.</summary>
    private Fault? Failure(IEnumerable<BoundFilter> filters)
    {
        Fault? first = null;
        var index = 0;
        foreach (var filter in filters)
        {
            if (Failure(filter, JsonPath.Element("filters", index++)) is not { } failure)
                return null;
            first ??= failure;
        }

        return first;
    }

    private Fault? Failure(BoundFilter filter, string at)
    {
        Range[] words = [];
        var key = new RoutingKey(message.RoutingKey, ref words);
        if (filter.RoutingKeys is { } patterns && !RoutingPattern.AnyMatches(patterns, key))
            return new Fault(
                JsonPath.Property(at, "routingKey"),
                string.IsNullOrEmpty(message.RoutingKey)
                    ? "The message has no routing key, which only # matches."
                    : $"The routing key {JsonPath.Quoted(message.RoutingKey)} matches none of: {Listed(patterns)}."
            );
        if (filter.Attributes is { } ofAttributes && !ofAttributes.Matches(attributes))
            return Failure(ofAttributes, attributes, JsonPath.Property(at, "attributes"), "attribute");
        if (filter.Body is not { } ofBody)
            return null;
        var path = JsonPath.Property(at, "body");
        if (body is not null)
            return ofBody.Matches(body) ? null : Failure(ofBody, body, path, "property");
        return new Fault(
            path,
            message.Body is not { Length: <= Limits.MaxFilteredBodyBytes }
                ? $"The body is longer than {Limits.MaxFilteredBodyBytes} bytes, so no filter looks into it."
                : "The body is no object in JSON."
        );
    }

    private static Fault Failure(BoundPolicy policy, FieldSet? fields, string at, string what)
    {
        if (policy.Any)
            return new Fault(at, "None of the attributes matches; one would suffice.");
        foreach (var member in policy.Members)
        {
            if (!member.Matches(fields))
                return Failure(member, fields, JsonPath.Property(at, member.Name), what);
        }

        throw new ArgumentException("The policy matches.", nameof(policy));
    }

    private static Fault Failure(BoundMember member, FieldSet? fields, string at, string what)
    {
        if (member.IsOr)
            return new Fault(at, $"None of the {member.Policies.Length.ToString(CultureInfo.InvariantCulture)} alternatives matches.");
        var field = member.ValueIn(fields);
        if (member.Test is { } test)
            return new Fault(at, Sentence(what, member.Name, field, test));
        return Failure(member.Policies[0], field is { Objects: [var first, ..] } ? first : null, at, what);
    }

    private static string Sentence(string what, string name, FieldValue? field, ValueTest test)
    {
        var subject = $"The {what} {JsonPath.Quoted(name)}";
        if (field is null || field.Leaves.IsEmpty)
            return $"{subject} is missing; it must match one of: {test.Source}.";
        var values = new List<string>();
        foreach (ref readonly var leaf in field.Leaves)
            values.Add(Shown(leaf));
        return $"{subject} is {List(values)}, which matches none of: {test.Source}.";
    }

    private static string Shown(in Leaf leaf) =>
        leaf.Text is { } text ? JsonPath.Quoted(text)
        : leaf.IsNumber ? JsonPath.Short(leaf.Number.ToString())
        : leaf.Word.ToString().ToLowerInvariant();

    private static string Listed(RoutingPattern[] patterns) => List(patterns.Select(p => JsonPath.Quoted(p.Text)));

    private static string List(IEnumerable<string> values)
    {
        var all = values.ToList();
        var told = string.Join(", ", all.Take(Told));
        return all.Count <= Told ? told : $"{told} and {(all.Count - Told).ToString(CultureInfo.InvariantCulture)} more";
    }
}

using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Numerics;
using System.Text.Json;
using System.Text.RegularExpressions;
using FuncQueue.Engine.Topics.Filters;
using FuncQueue.Engine.Topics.Log;

namespace FuncQueue.Engine.Tests.Topics.Filters;

/// <summary>
/// The rules of filters written down as they are told, from JSON to answer, with nothing compiled, shared or indexed: what the matcher is
/// held against.
/// </summary>
internal static class NaiveFilters
{
    private static readonly ConcurrentDictionary<string, Regex> Expressions = new(StringComparer.Ordinal);

    private static readonly string[] Operators =
    [
        "prefix",
        "suffix",
        "wildcard",
        "equals-ignore-case",
        "numeric",
        "cidr",
        "exists",
        "anything-but",
    ];

    private abstract record Value;

    private sealed record Absent : Value;

    private sealed record Scalar(string? Text, string? Number, string? Word) : Value;

    private sealed record Items(IReadOnlyList<Value> Elements) : Value;

    private sealed record Properties(IReadOnlyDictionary<string, Value> Named) : Value;

    public static bool Takes(string filters, Routable message)
    {
        using var document = JsonDocument.Parse(filters);
        return document.RootElement.GetArrayLength() == 0 || document.RootElement.EnumerateArray().Any(f => Matches(f, message));
    }

    public static bool RoutingKeyMatches(string pattern, string? key)
    {
        // With a dot in front of each word, no word and one empty word differ.
        var words = string.IsNullOrEmpty(key) ? "" : string.Concat(key.Split('.').Select(w => "." + w));
        var expression = pattern
            .Split('.')
            .Select(word =>
                word switch
                {
                    "*" => @"\.[^.]*",
                    "#" => @"(\.[^.]*)*",
                    _ => @"\." + Regex.Escape(word),
                }
            );
        return IsMatch(words, $@"\A{string.Concat(expression)}\z");
    }

    private static bool IsMatch(string text, string expression) =>
        Expressions.GetOrAdd(expression, e => new Regex(e, RegexOptions.Singleline | RegexOptions.CultureInvariant)).IsMatch(text);

    private static bool Matches(JsonElement filter, Routable message)
    {
        var any = filter.TryGetProperty("match", out var match) && match.GetString() == "any";
        if (
            filter.TryGetProperty("routingKey", out var keys) && !Each(keys).Any(k => RoutingKeyMatches(k.GetString()!, message.RoutingKey))
        )
            return false;
        if (filter.TryGetProperty("attributes", out var attributes))
        {
            var values = new Properties(message.Attributes.ToDictionary(a => a.Key, a => OfAttribute(a.Value)));
            if (any ? !attributes.EnumerateObject().Any(m => Member(m, values)) : !Holds(attributes, values))
                return false;
        }

        return !filter.TryGetProperty("body", out var body) || (OfBody(message.Body) is { } value && Holds(body, value));
    }

    private static IEnumerable<JsonElement> Each(JsonElement json) =>
        json.ValueKind == JsonValueKind.Array ? json.EnumerateArray() : Enumerable.Repeat(json, 1);

    private static Value OfAttribute(string text)
    {
        if (Parse(System.Text.Encoding.UTF8.GetBytes(text)) is Items items)
            return items;
        var isNumber = Regex.IsMatch(text, @"\A-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?\z");
        return new Scalar(text, isNumber ? text : null, text is "true" or "false" or "null" ? text : null);
    }

    private static Value? OfBody(ReadOnlyMemory<byte>? body) => body is { Length: <= 256 * 1024 } json ? Parse(json) as Properties : null;

    private static Value? Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return Of(document.RootElement);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Value Of(JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                var named = new Dictionary<string, Value>();
                foreach (var property in json.EnumerateObject())
                    named[property.Name] = Of(property.Value);
                return new Properties(named);
            case JsonValueKind.Array:
                return new Items([.. json.EnumerateArray().Select(Of)]);
            case JsonValueKind.String:
                return new Scalar(json.GetString(), null, null);
            case JsonValueKind.Number:
                return new Scalar(null, json.GetRawText(), null);
            default:
                return new Scalar(null, null, json.GetRawText());
        }
    }

    /// <summary>The elements of an array, of those within it too; without any it is as if nothing were there.</summary>
    private static IEnumerable<Value> Elements(Value value) =>
        value is not Items items ? [value]
        : items.Elements.SelectMany(Elements).Where(e => e is not Absent).ToList() is { Count: > 0 } all ? all
        : [new Absent()];

    private static bool Holds(JsonElement policy, Value value) =>
        Elements(value).Any(element => policy.EnumerateObject().All(member => Member(member, element)));

    private static bool Member(JsonProperty member, Value element)
    {
        if (
            member.Name == "$or"
            && member.Value.ValueKind == JsonValueKind.Array
            && member
                .Value.EnumerateArray()
                .All(a => a.ValueKind == JsonValueKind.Object && !a.EnumerateObject().Any(p => Operators.Contains(p.Name)))
        )
            return member.Value.EnumerateArray().Any(a => a.EnumerateObject().All(m => Member(m, element)));
        var value = element is Properties properties && properties.Named.TryGetValue(member.Name, out var there) ? there : new Absent();
        return member.Value.ValueKind == JsonValueKind.Object
            ? Holds(member.Value, value)
            : member.Value.EnumerateArray().Any(c => Condition(c, [.. Elements(value).OfType<Scalar>()]));
    }

    private static bool Condition(JsonElement condition, IReadOnlyList<Scalar> values)
    {
        if (condition.ValueKind != JsonValueKind.Object || !condition.TryGetProperty("exists", out var exists))
            return values.Any(v => Condition(condition, v));
        return exists.GetBoolean() == values.Any(v => v.Text is null ? v.Word != "null" : v.Text.Length > 0);
    }

    private static bool Condition(JsonElement condition, Scalar value)
    {
        switch (condition.ValueKind)
        {
            case JsonValueKind.String:
                return value.Text == condition.GetString();
            case JsonValueKind.Number:
                return value.Number is not null && Compare(value.Number, condition.GetRawText()) == 0;
            case not JsonValueKind.Object:
                return value.Word == condition.GetRawText();
        }

        var operation = condition.EnumerateObject().Single();
        switch (operation.Name)
        {
            case "numeric":
                var terms = operation.Value.EnumerateArray().ToList();
                return value.Number is { } number
                    && Enumerable
                        .Range(0, terms.Count / 2)
                        .All(i => Compares(number, terms[2 * i].GetString()!, terms[(2 * i) + 1].GetRawText()));
            case "cidr":
                return value.Text is { } text && InRange(text, operation.Value.GetString()!);
            case "anything-but" when operation.Value.ValueKind == JsonValueKind.Object:
                var inner = operation.Value.EnumerateObject().Single();
                return !Each(inner.Value).Any(p => Text(inner.Name, p.GetString()!, value.Text));
            case "anything-but":
                return !Each(operation.Value).Any(v => Condition(v, value));
            default:
                return Text(operation.Name, operation.Value.GetString()!, value.Text);
        }
    }

    private static bool Text(string operation, string operand, string? text) =>
        text is not null
        && operation switch
        {
            "prefix" => text.StartsWith(operand, StringComparison.Ordinal),
            "suffix" => text.EndsWith(operand, StringComparison.Ordinal),
            "equals-ignore-case" => text.Equals(operand, StringComparison.OrdinalIgnoreCase),
            _ => IsMatch(text, WildcardExpression(operand)),
        };

    public static string WildcardExpression(string pattern) =>
        @"\A"
        + Regex.Replace(
            pattern,
            @"\\[*\\]|\*|[^*\\]+",
            part => part.Value is "*" ? ".*" : Regex.Escape(part.Value[0] == '\\' ? part.Value[1..] : part.Value)
        )
        + @"\z";

    private static bool Compares(string number, string comparison, string other) =>
        Compare(number, other) is var order
        && comparison switch
        {
            "=" => order == 0,
            "<" => order < 0,
            "<=" => order <= 0,
            ">" => order > 0,
            _ => order >= 0,
        };

    /// <summary>By arithmetic on whole numbers, after both have been multiplied by the same power of ten.</summary>
    public static int Compare(string one, string other)
    {
        var (a, b) = (Whole(one), Whole(other));
        var least = Math.Min(a.Power, b.Power);
        return (a.Number * BigInteger.Pow(10, a.Power - least)).CompareTo(b.Number * BigInteger.Pow(10, b.Power - least));
    }

    private static (BigInteger Number, int Power) Whole(string text)
    {
        var parts = text.ToLowerInvariant().Split('e');
        var point = parts[0].IndexOf('.', StringComparison.Ordinal);
        var decimals = point < 0 ? 0 : parts[0].Length - point - 1;
        return (
            BigInteger.Parse(parts[0].Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture),
            (parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0) - decimals
        );
    }

    private static bool InRange(string text, string range) =>
        Regex.IsMatch(text, @"\A([0-9]+\.){3}[0-9]+\z|:")
        && IPAddress.TryParse(text, out var address)
        && IPNetwork.Parse(range) is var network
        && network.BaseAddress.AddressFamily == address.AddressFamily
        && network.Contains(address);
}

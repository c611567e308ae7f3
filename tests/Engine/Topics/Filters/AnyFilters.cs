using System.Text;
using System.Text.Json;
using CsCheck;
using FuncQueue.Engine.Topics.Filters;
using FuncQueue.Engine.Topics.Log;

namespace FuncQueue.Engine.Tests.Topics.Filters;

/// <summary>Random filters and messages. Names and values are few, so that they often meet.</summary>
internal static class AnyFilters
{
    private static readonly Gen<string> Name = Gen.OneOf("a", "b", "c");

    private static readonly Gen<string> Text = Gen.OneOf("x", "xy", "X", "yx", "10", "1e1", "true", "10.0.0.7", "10.0.1.7", "::1", "", "é");

    private static readonly Gen<string> NotEmpty = Text.Select(t => t.Length == 0 ? "y" : t);

    private static readonly Gen<string> Number = Gen.OneOf(
        "10",
        "1e1",
        "10.0",
        "20",
        "-5",
        "0",
        "-0.0",
        "9007199254740993",
        "10.00000000000000000001"
    );

    private static readonly Gen<string> Scalar = Gen.Frequency(
        (4, Text.Select(Quoted)),
        (3, Number),
        (1, Gen.OneOf("true", "false", "null"))
    );

    private static readonly Gen<string> Pattern = Gen.OneOf("*", "x*", "x*xy", "*x", "*x*y*", "x", "1*0*", @"\**", "*.0.*");

    private static readonly Gen<string> OnText = Gen.OneOf(
        Gen.Select(Gen.OneOf("prefix", "suffix", "equals-ignore-case"), NotEmpty, (o, t) => $"{{{Quoted(o)}:{Quoted(t)}}}"),
        Pattern.Select(p => $"{{\"wildcard\":{Quoted(p)}}}")
    );

    private static readonly Gen<string> Numeric = Gen.OneOf(
        Gen.Select(Gen.OneOf("=", "<", "<=", ">", ">="), Number, (o, n) => $"[\"{o}\",{n}]"),
        Gen.OneOf("[\">\",-5,\"<=\",10]", "[\">=\",10,\"<\",20]", "[\">\",0,\"<\",1e3]")
    );

    private static readonly Gen<string> AnythingBut = Gen.OneOf(
        Scalar,
        Scalar.Array[1, 3].Select(List),
        OnText,
        NotEmpty.Select(Quoted).Array[1, 2].Select(all => $"{{\"prefix\":{List(all)}}}"),
        Pattern.Select(Quoted).Array[1, 2].Select(all => $"{{\"wildcard\":{List(all)}}}")
    );

    private static readonly Gen<string> Condition = Gen.Frequency(
        (8, Scalar),
        (3, OnText),
        (2, Numeric.Select(n => $"{{\"numeric\":{n}}}")),
        (2, AnythingBut.Select(a => $"{{\"anything-but\":{a}}}")),
        (1, Gen.OneOf("{\"exists\":true}", "{\"exists\":false}")),
        (1, Gen.OneOf("{\"cidr\":\"10.0.0.0/24\"}", "{\"cidr\":\"::/96\"}", "{\"cidr\":\"0.0.0.0/0\"}"))
    );

    private static readonly Gen<string> Conditions = Condition.Array[1, 3].Select(List);

    private static readonly Gen<string> RoutingPattern = Gen.OneOf("a", "b", "", "*", "#", "a*", "#")
        .Array[1, 5]
        .Select(Joined)
        .Where(k => k.Length > 0);

    /// <summary>A routing key, or none.</summary>
    public static readonly Gen<string?> RoutingKey = Gen.OneOf("a", "b", "c", "", "a*", "*", "#")
        .Array[0, 5]
        .Select(w => w.Length == 0 ? null : Joined(w));

    public static Gen<string> Patterns => RoutingPattern;

    private static readonly Gen<string> Filter = Gen.Select(
            Gen.Frequency((2, Gen.Const("")), (3, RoutingPattern.Select(Quoted).Array[1, 3].Select(p => $"\"routingKey\":{List(p)}"))),
            Gen.Frequency((2, Gen.Const("")), (3, Policy(0).Select(p => $"\"attributes\":{p}"))),
            Gen.OneOf("", "\"match\":\"any\"", "\"match\":\"all\""),
            Gen.Frequency((3, Gen.Const("")), (3, Policy(2).Select(p => $"\"body\":{p}")))
        )
        .Select(
            (routing, attributes, match, body) =>
                $"{{{string.Join(",", new[] { routing, attributes, attributes.Length == 0 ? "" : match, body }.Where(m => m.Length > 0))}}}"
        );

    /// <summary>The filters of a subscription in JSON, all right.</summary>
    public static readonly Gen<string> Filters = Filter.Array[0, 3].Select(List);

    private static readonly Gen<string> Body = Gen.Frequency(
        (8, Json(2).Array[0, 4].SelectMany(values => Name.Array[values.Length].Select(names => Object(names, values)))),
        (
            1,
            Gen.OneOf(
                "",
                "x",
                "[{\"a\":\"x\"}]",
                "{\"a\":\"x\"} x",
                "\"x\"",
                "{\"a\":",
                " {\"a\":\"x\"}\n",
                "{\"a\":[[],[[\"x\"],{}]]}",
                "{\"\\u0061\":\"\\u0078\"}"
            )
        )
    );

    private static readonly Gen<string> Attribute = Gen.OneOf(
        Text,
        Number,
        Gen.OneOf("false", "null", "010", "+10", " 10", "[x", "[\"x\"", "[]", " [\"x\"] ", "[[\"x\",10],{\"a\":1}]", "[{}]"),
        Scalar.Array[0, 3].Select(List)
    );

    public static readonly Gen<Routable> Message = Gen.Select(RoutingKey, Gen.Dictionary(Name, Attribute)[0, 3], Body)
        .Select((key, attributes, body) => Sent(key: key, attributes: attributes, body: Encoding.UTF8.GetBytes(body)));

    /// <summary>A message that has no more than what is said.</summary>
    public static Routable Sent(string? key = null, IReadOnlyDictionary<string, string>? attributes = null, byte[]? body = null) =>
        new(key ?? "", attributes ?? new Dictionary<string, string>(), body ?? []);

    public static string Show(Routable message) =>
        $"key {message.RoutingKey}, attributes {JsonSerializer.Serialize(message.Attributes)}, body "
        + Encoding.UTF8.GetString(message.Body!.Value.Span);

    public static SubscriptionFilters Parse(string json)
    {
        SubscriptionFilters.TryParse(Encoding.UTF8.GetBytes(json), "filters", out var filters, out var faults);
        faults.ShouldBeEmpty(json);
        return filters!;
    }

    private static Gen<string> Policy(int depth)
    {
        var members = Gen.Select(Name, depth > 0 ? Gen.Frequency((3, Conditions), (1, Policy(depth - 1))) : Conditions)
            .Array[1, 3]
            .Select(all => string.Join(",", all.DistinctBy(m => m.Item1).Select(m => $"{Quoted(m.Item1)}:{m.Item2}")));
        if (depth < 0)
            return members.Select(m => $"{{{m}}}");
        var or = Gen.Frequency((3, Gen.Const("")), (1, Policy(depth - 1).Array[2, 3].Select(all => $",\"$or\":{List(all)}")));
        return Gen.Select(members, or, (m, o) => $"{{{m}{o}}}");
    }

    private static Gen<string> Json(int depth) =>
        depth == 0
            ? Scalar
            : Gen.Frequency(
                (4, Scalar),
                (2, Json(depth - 1).Array[0, 3].Select(List)),
                (2, Json(depth - 1).Array[0, 3].SelectMany(values => Name.Array[values.Length].Select(names => Object(names, values))))
            );

    private static string Object(string[] names, string[] values) =>
        $"{{{string.Join(",", names.Zip(values, (name, value) => $"{Quoted(name)}:{value}"))}}}";

    private static string List(string[] all) => $"[{string.Join(",", all)}]";

    private static string Joined(string[] words) => string.Join('.', words);

    private static string Quoted(string text) => JsonSerializer.Serialize(text);
}
